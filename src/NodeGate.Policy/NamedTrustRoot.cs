using NodeGate.Verification;

namespace NodeGate.Policy;

/// <summary>An entry of the policy's <c>trustRoots</c>, or a built-in trust root that an authority names.</summary>
/// <param name="Name">The name, unique in the policy.</param>
/// <param name="Source">Where it comes from, for people: a file, a mirror, a place in the policy, or <c>built in</c>.</param>
/// <param name="TrustRoot">What is trusted; unusable where it has not been fetched yet.</param>
/// <param name="Tuf">From where it is fetched; null for one that is not.</param>
public sealed record NamedTrustRoot(string Name, string Source, TrustRoot TrustRoot, TufSource? Tuf);
