using System.Collections.Immutable;

namespace NodeGate.Policy.Importing.Native;

/// <summary>An attestation that a rule asks for beside its signatures.</summary>
/// <param name="Type">The predicate type.</param>
/// <param name="By">The names of the authorities, any of which may have attested it.</param>
internal sealed record NativeAttestation(string Type, ImmutableArray<string> By);
