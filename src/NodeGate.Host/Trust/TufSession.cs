using NodeGate.Verification.Tuf;

namespace NodeGate.Host.Trust;

/// <summary>Does what a <see cref="TufUpdater"/> says, with a folder and a mirror.</summary>
public static class TufSession
{
    /// <summary>Runs to the end. Whether it was a good one, <see cref="TufUpdater.Failure"/> says.</summary>
    /// <returns>The names of the files that were stored or deleted.</returns>
    /// <exception cref="TufMirrorException">The mirror does not answer as one. What was stored before stays valid.</exception>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static async Task<IReadOnlyCollection<string>> RunAsync(
        TufUpdater updater, TufFolder folder, TufMirror mirror, CancellationToken cancellationToken)
    {
        var changed = new SortedSet<string>(StringComparer.Ordinal);
        byte[]? answer = null;
        while (updater.Next(answer) is { } step)
        {
            answer = null;
            switch (step)
            {
                case TufStep.Load load:
                    answer = folder.Load(load.Place, load.Name);
                    break;
                case TufStep.Fetch fetch:
                    answer = await mirror.FetchAsync(fetch, cancellationToken);
                    break;
                case TufStep.Store store:
                    folder.Store(store.Place, store.Name, store.Content.Span);
                    changed.Add(store.Name);
                    break;
                case TufStep.Delete delete:
                    folder.Delete(delete.Place, delete.Name);
                    changed.Add(delete.Name);
                    break;
                default:
                    throw new InvalidOperationException($"{step} is a step that this version does not know.");
            }
        }

        return changed;
    }
}
