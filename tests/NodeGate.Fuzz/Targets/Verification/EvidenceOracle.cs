using NodeGate.Fuzz.Engine;
using NodeGate.Oci;
using NodeGate.Verification;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>
/// The main oracle: evidence that is a mutation of what was minted is refused, or what is signed, the signature and the signer are what they
/// were. Whoever mutates has no keys, so anything else would be a forgery.
/// </summary>
internal sealed class EvidenceOracle
{
    private static readonly IdentityRequirement Identity = new(TextPattern.Exactly(Testing.Sigstore.VirtualSigstore.OidcIssuer), TextPattern.Exactly(Testing.Sigstore.VirtualSigstore.Subject));

    private static readonly KeylessRequirement Keyless =
        new() { TrustRoot = Trusted.TrustRoot, Identities = [Identity], AcceptBundle = true, AcceptLegacy = true };

    private static readonly (string Name, SignerRequirement Requirement)[] Requirements =
    [
        ("key", Trusted.KeyRequirement),
        ("logged key", Trusted.KeyRequirement with { TransparencyLog = new LogRequirement(Trusted.TrustRoot, 1, 0) }),
        ("keyless", Keyless),
        ("stamped", Keyless with { Logs = 0, Timestamps = 1 }),
        ("attestation", Keyless with { AttestationType = World.PredicateType }),
    ];

    private readonly Func<byte[], Evidence?> _read;
    private readonly Func<byte[], bool, string?> _parts;
    private readonly Dictionary<string, HashSet<string>> _minted = new(StringComparer.Ordinal);

    /// <param name="target">The target, whose minted seeds are in the corpus.</param>
    /// <param name="read">Makes evidence of an input; null where it is none.</param>
    /// <param name="parts">What is signed, the signature and, where it is asked for, the certificate, as another parser reads it.</param>
    public EvidenceOracle(string target, Func<byte[], Evidence?> read, Func<byte[], bool, string?> parts)
    {
        (_read, _parts) = (read, parts);
        foreach (var (name, requirement) in Requirements)
        {
            var verified = Corpus.Of(target)
                .Where(entry => entry.File.StartsWith("seed-", StringComparison.Ordinal) && Verify(entry.Input, requirement) is VerifiedEvidence)
                .ToArray();
            _minted[name] = [.. verified.Select(entry => parts(entry.Input, requirement is KeylessRequirement)!)];
            Verified = [.. Verified, .. verified.Select(entry => entry.File)];
        }
    }

    /// <summary>Gets the seeds that hold for some requirement, once for each.</summary>
    public IReadOnlyList<string> Verified { get; } = [];

    public string Check(byte[] input) => string.Join(" | ", Requirements.Select(r => Check(input, r.Name, r.Requirement)));

    private string Check(byte[] input, string name, SignerRequirement requirement)
    {
        switch (Verify(input, requirement))
        {
            case null:
                return "no evidence";
            case RejectedEvidence rejected:
                FuzzFailure.Unless(
                    rejected.Reason is not (DecisionReason.Verified or DecisionReason.InternalError) && Enum.IsDefined(rejected.Reason), "a refusal has a reason that is one");
                return $"{rejected.Reason} {rejected.Step} {Outcome.Shape(rejected.Detail)}";
            default:
                var parts = _parts(input, requirement is KeylessRequirement);
                FuzzFailure.Unless(parts is not null && _minted[name].Contains(parts), $"mutated evidence is refused, or is what was signed; verified for '{name}' is: {parts}");
                return "verified";
        }
    }

    private EvidenceResult? Verify(byte[] input, SignerRequirement requirement) =>
        _read(input) is { } evidence ? EvidenceVerifier.Verify(evidence, World.Subject, requirement) : null;
}
