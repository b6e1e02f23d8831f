using System.Collections.Immutable;
using NodeGate.Verification.Tuf;

namespace NodeGate.Host.Trust;

/// <summary>Where the stored copy of a TUF repository stands.</summary>
/// <param name="Roles">Version and expiry of root, timestamp, snapshot and targets, those that are there.</param>
/// <param name="Refreshed">When the repository was last verified whole; null for never.</param>
internal sealed record TufTrustState(ImmutableArray<KeyValuePair<string, TufRoleState>> Roles, DateTimeOffset? Refreshed)
{
    /// <summary>Whether it was never verified whole, or some of it has expired since: the mirror was not reached for long, or shows nothing newer.</summary>
    internal bool IsStale(DateTimeOffset now) => Refreshed is null || Roles.Any(role => role.Value.Expires <= now);
}
