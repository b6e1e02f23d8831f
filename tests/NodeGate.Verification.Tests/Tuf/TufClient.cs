using NodeGate.Testing.Tuf;
using NodeGate.Verification.Tuf;

namespace NodeGate.Verification.Tests.Tuf;

/// <summary>What a caller of <see cref="TufUpdater"/> does, with dictionaries for disk and mirror.</summary>
internal sealed class TufClient(TufRepository repository)
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    public Dictionary<string, byte[]> Disk { get; } = new(StringComparer.Ordinal);

    public List<string> Fetched { get; } = [];

    /// <summary>Everything that was done, in its order.</summary>
    public List<string> Log { get; } = [];

    public byte[] PinnedRoot { get; init; } = repository.Metadata.GetValueOrDefault("1.root.json") ?? [];

    public TufUpdater Refresh(DateTimeOffset? now = null, params string[] targets)
    {
        Fetched.Clear();
        Log.Clear();
        var updater = new TufUpdater(PinnedRoot, targets, now ?? Now);
        byte[]? answer = null;
        while (updater.Next(answer) is { } step)
        {
            answer = Do(step);
        }

        return updater;
    }

    public TufUpdater Succeed(params string[] targets)
    {
        var updater = Refresh(null, targets);
        Assert.Null(updater.Failure);
        return updater;
    }

    public void Fail(TufFailureReason reason, string detail, DateTimeOffset? now = null, params string[] targets)
    {
        var failure = Refresh(now, targets).Failure;
        Assert.NotNull(failure);
        Assert.Equal(reason, failure.Reason);
        Assert.Contains(detail, failure.Detail, StringComparison.Ordinal);
    }

    private byte[]? Do(TufStep step)
    {
        switch (step)
        {
            case TufStep.Load load:
                return Disk.GetValueOrDefault($"{load.Place}/{load.Name}");
            case TufStep.Fetch fetch:
                Fetched.Add(fetch.Path);
                return (fetch.Place == TufPlace.Metadata ? repository.Metadata : repository.TargetFiles).GetValueOrDefault(Uri.UnescapeDataString(fetch.Path))
                    ?? (fetch.Place == TufPlace.Metadata ? repository.Metadata : repository.TargetFiles).GetValueOrDefault(fetch.Path);
            case TufStep.Store store:
                Log.Add($"store {store.Name}");
                Disk[$"{store.Place}/{store.Name}"] = store.Content.ToArray();
                return null;
            case TufStep.Delete delete:
                Log.Add($"delete {delete.Name}");
                Disk.Remove($"{delete.Place}/{delete.Name}");
                return null;
            default:
                throw new InvalidOperationException($"{step} is no step.");
        }
    }
}
