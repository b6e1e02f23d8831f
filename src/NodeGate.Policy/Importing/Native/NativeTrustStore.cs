using System.Collections.Immutable;

namespace NodeGate.Policy.Importing.Native;

/// <summary>A trust store of the Notary Project.</summary>
/// <param name="Type"><c>ca</c>, <c>signingAuthority</c> or <c>tsa</c>.</param>
/// <param name="Certificates">Its certificates.</param>
internal sealed record NativeTrustStore(string Type, ImmutableArray<NativeMaterial> Certificates);
