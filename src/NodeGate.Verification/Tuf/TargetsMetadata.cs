using System.Collections.Immutable;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tuf;

/// <summary>The targets role, or one that it delegated to (TUF specification 4.5).</summary>
internal sealed class TargetsMetadata
{
    private readonly ImmutableDictionary<string, StrictNode> _targets;

    public TargetsMetadata(TufEnvelope file)
    {
        File = file;
        _targets = file.Signed.Required("targets").Members(TufLimits.MaxFiles).ToImmutableDictionary(StringComparer.Ordinal);
        Delegations = file.Signed.Optional("delegations") is { } delegations ? ReadDelegations(delegations) : [];
    }

    public TufEnvelope File { get; }

    /// <summary>In the order of trust.</summary>
    public ImmutableArray<TufDelegation> Delegations { get; }

    public TufFile? Find(string target) => _targets.TryGetValue(target, out var entry) ? TufFile.ReadTarget(target, entry) : null;

    private static ImmutableArray<TufDelegation> ReadDelegations(StrictNode delegations)
    {
        var keys = RootMetadata.ReadKeys(delegations.Required("keys"));
        return [.. delegations.Required("roles").Items(TufLimits.MaxDelegations).Select(role => TufDelegation.Read(role, keys))];
    }
}
