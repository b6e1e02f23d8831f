using System.Text;
using NodeGate.Policy;
using NodeGate.Verification.Tuf;

namespace NodeGate.Host.Trust;

/// <summary>
/// The trust roots that come from TUF repositories, below <c>trust/NAME/</c> in the state folder. A node starts and verifies with what is
/// there, without the network; the mirror is asked in the background or by <c>nodegate trust update</c>.
/// </summary>
/// <remarks>
/// Files are only ever stored after they were verified from the pinned root whose fingerprint lies beside them. With another pinned root none
/// of them is believed, and the next refresh starts over.
/// </remarks>
internal sealed class TufTrustStore(string stateFolder, TimeProvider time)
{
    private const string TrustedRoot = "trusted_root.json";
    private const string PinnedBy = "pinned-root.sha256";
    private const string Refreshed = "refreshed";
    private static readonly TimeSpan RefreshTimeout = TimeSpan.FromMinutes(2);

    /// <summary>What is on disk now, without any network.</summary>
    internal FileContent Read(TufSource source)
    {
        try
        {
            var folder = Folder(source.Name);
            var pinnedBy = folder.Load(TufPlace.Metadata, PinnedBy);
            return pinnedBy is null ? FileContent.Unreadable("nothing of it was fetched yet")
                : !pinnedBy.AsSpan().SequenceEqual(Fingerprint(source)) ? FileContent.Unreadable("its pinned root was changed since its last refresh")
                : folder.Load(TufPlace.Targets, TrustedRoot) is { } content ? FileContent.Found(content)
                : FileContent.Unreadable("its first refresh did not come to its end");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return FileContent.Unreadable($"it cannot be read below '{Path.Combine(stateFolder, "trust")}': {e.Message}");
        }
    }

    /// <summary>The files whose change means that <see cref="Read"/> has another answer.</summary>
    internal IEnumerable<string> StampPaths(TufSource source) =>
        [Folder(source.Name).PathOf(TufPlace.Targets, TrustedRoot), Folder(source.Name).PathOf(TufPlace.Metadata, PinnedBy)];

    /// <summary>Asks the mirror. Takes two minutes at most, and never throws for what the mirror or the disk does.</summary>
    internal async Task<TrustRefresh> RefreshAsync(TufSource source, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(RefreshTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var path = FolderPath(source.Name);
            Directory.CreateDirectory(path);
            using var alone = TryLock(Path.Combine(path, "lock"));
            return alone is null
                ? new TrustRefresh(TrustRefreshOutcome.Busy, $"another refresh of trust root '{source.Name}' is running")
                : await RefreshAloneAsync(source, linked.Token);
        }
        catch (TufMirrorException e)
        {
            return new TrustRefresh(TrustRefreshOutcome.Unreachable, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new TrustRefresh(TrustRefreshOutcome.NotStored, $"trust root '{source.Name}' cannot be stored: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new TrustRefresh(TrustRefreshOutcome.Unreachable, $"{source.Mirror} did not serve everything within {RefreshTimeout.TotalSeconds:0} s");
        }
    }

    /// <summary>Versions and times of what is stored under this pinned root; null where there is nothing.</summary>
    internal TufTrustState? State(TufSource source)
    {
        var folder = Folder(source.Name);
        if (folder.Load(TufPlace.Metadata, PinnedBy) is not { } pinnedBy || !pinnedBy.AsSpan().SequenceEqual(Fingerprint(source)))
        {
            return null;
        }

        var refreshed = folder.PathOf(TufPlace.Metadata, Refreshed);
        var roles = new[] { "root", "timestamp", "snapshot", "targets" }
            .Select(role => (Role: role, State: folder.Load(TufPlace.Metadata, role + ".json") is { } file ? TufRoleState.Read(role, file) : null))
            .Where(entry => entry.State is not null)
            .Select(entry => KeyValuePair.Create(entry.Role, entry.State!.Value));
        return new TufTrustState([.. roles], File.Exists(refreshed) ? new DateTimeOffset(File.GetLastWriteTimeUtc(refreshed)) : null);
    }

    private async Task<TrustRefresh> RefreshAloneAsync(TufSource source, CancellationToken cancellationToken)
    {
        var folder = Folder(source.Name);
        StartOverWithAnotherPin(folder, source);
        var before = State(source);
        var updater = new TufUpdater(source.Root, [TrustedRoot], time.GetUtcNow());
        using var mirror = TufMirror.At(source.Mirror);
        var changed = await TufSession.RunAsync(updater, folder, mirror, cancellationToken);
        if (updater.Failure is { } failure)
        {
            return new TrustRefresh(TrustRefreshOutcome.Refused, failure.Detail, failure.Reason);
        }

        folder.Store(TufPlace.Metadata, Refreshed, []);
        File.SetLastWriteTimeUtc(folder.PathOf(TufPlace.Metadata, Refreshed), time.GetUtcNow().UtcDateTime);
        return changed.Count == 0
            ? new TrustRefresh(TrustRefreshOutcome.Unchanged, "nothing new")
            : new TrustRefresh(TrustRefreshOutcome.Updated, Changes(before, State(source), changed));
    }

    private void StartOverWithAnotherPin(TufFolder folder, TufSource source)
    {
        var fingerprint = Fingerprint(source);
        if (folder.Load(TufPlace.Metadata, PinnedBy)?.AsSpan().SequenceEqual(fingerprint) == true)
        {
            return;
        }

        // The fingerprint goes first and comes last: at no moment does it vouch for what another root led to.
        folder.Delete(TufPlace.Metadata, PinnedBy);
        folder.Delete(TufPlace.Targets, TrustedRoot);
        folder.Delete(TufPlace.Metadata, Refreshed);
        foreach (var file in Directory.EnumerateFiles(FolderPath(source.Name), "*.json"))
        {
            File.Delete(file);
        }

        folder.Store(TufPlace.Metadata, PinnedBy, fingerprint);
    }

    private static string Changes(TufTrustState? before, TufTrustState? after, IReadOnlyCollection<string> changed)
    {
        var known = before?.Roles.ToDictionary(StringComparer.Ordinal) ?? [];
        var versions = (after?.Roles ?? []).Where(role => !known.TryGetValue(role.Key, out var old) || old.Version != role.Value.Version)
            .Select(role => known.TryGetValue(role.Key, out var old) ? $"{role.Key} {old.Version} → {role.Value.Version}" : $"{role.Key} {role.Value.Version}");
        return string.Join(", ", [.. versions, changed.Contains(TrustedRoot) ? "new trusted_root.json" : "same trusted_root.json"]);
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    private TufFolder Folder(string name)
    {
        var path = FolderPath(name);
        return new TufFolder(path, Path.Combine(path, "targets"));
    }

    /// <summary>The name of a trust root is a policy's text: escaped, it cannot lead elsewhere (CVE-2026-24686).</summary>
    private string FolderPath(string name) =>
        Path.Combine(stateFolder, "trust", name.All(c => c == '.') ? "_" + name : Uri.EscapeDataString(name));

    private static byte[] Fingerprint(TufSource source) => Encoding.ASCII.GetBytes(source.RootDigest + "\n");
}
