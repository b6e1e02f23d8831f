using NodeGate.Oci;
using NodeGate.Registry.Http;

namespace NodeGate.Registry;

/// <summary>What each host said when none could answer, and what that means together.</summary>
/// <remarks>
/// "Not found" is only said when every host that was asked said so: one that could not be reached may have it. A refusal comes first,
/// because it is what the user can mend and what waiting does not; then limits and lies, which waiting does not mend either.
/// </remarks>
internal sealed class HostFailures
{
    private static readonly ContentFailure[] MostTellingFirst =
    [
        ContentFailure.Unauthorized, ContentFailure.LimitExceeded, ContentFailure.Corrupt, ContentFailure.TimedOut, ContentFailure.Unavailable,
        ContentFailure.NotFound,
    ];

    private readonly List<(string Host, ContentFailure Failure, string Text)> _all = [];
    private Exception? _first;

    internal bool AreAllNotFound => _all.TrueForAll(item => item.Failure == ContentFailure.NotFound);

    internal void Add(string host, HostException failure)
    {
        _all.Add((host, failure.Failure, failure.Message));
        _first ??= failure;
    }

    internal void AddNotFound(string host, string text) => _all.Add((host, ContentFailure.NotFound, text));

    internal ContentException ToException(string what)
    {
        if (_all.Count == 0)
        {
            return new ContentException(
                ContentFailure.Unavailable,
                $"{what}: none of the hosts in the node's hosts.toml has the capability that this needs; add 'pull' and 'resolve' to one.");
        }

        var failure = MostTellingFirst.First(candidate => _all.Exists(item => item.Failure == candidate));
        return new ContentException(failure, $"{what}: {string.Join("; ", _all.Select(item => $"{item.Host}: {item.Text}"))}.", _first);
    }
}
