using System.Collections.Immutable;

namespace NodeGate.Policy.Importing.Native;

/// <summary>A tree over authorities, by name.</summary>
internal abstract record NativeRequirement
{
    internal sealed record Authority(string Name) : NativeRequirement;

    internal sealed record AnyOf(ImmutableArray<NativeRequirement> Members) : NativeRequirement;

    internal sealed record AllOf(ImmutableArray<NativeRequirement> Members) : NativeRequirement;

    /// <summary>Counts distinct signers of the members that hold, never members: only members of one exact signer each make it count members.</summary>
    internal sealed record AtLeast(int Count, ImmutableArray<NativeRequirement> Members) : NativeRequirement;

    /// <summary>All of the members; the member itself where there is one.</summary>
    public static NativeRequirement All(ImmutableArray<NativeRequirement> members) => members.Length == 1 ? members[0] : new AllOf(members);

    /// <summary>Any of the members; the member itself where there is one.</summary>
    public static NativeRequirement Any(ImmutableArray<NativeRequirement> members) => members.Length == 1 ? members[0] : new AnyOf(members);
}
