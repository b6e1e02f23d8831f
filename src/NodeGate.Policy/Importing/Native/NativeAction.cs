using System.Collections.Immutable;

namespace NodeGate.Policy.Importing.Native;

/// <summary>What a rule does.</summary>
internal abstract record NativeAction
{
    internal sealed record Allow(string Reason) : NativeAction;

    internal sealed record Deny(string Reason) : NativeAction;

    internal sealed record Require(NativeRequirement Requirement) : NativeAction
    {
        public ImmutableArray<NativeAttestation> Attestations { get; init; } = [];
    }
}
