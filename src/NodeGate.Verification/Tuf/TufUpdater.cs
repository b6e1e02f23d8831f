using System.Collections.Immutable;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tuf;

/// <summary>
/// A TUF client (specification 1.0.34, section 5) without files, network or clock: it says what to load, fetch, store and delete, and is
/// told what came. Each step has to be done before the next is asked for; what was stored before a failure stays valid.
/// </summary>
/// <remarks>
/// https://theupdateframework.github.io/specification/v1.0.34/#detailed-client-workflow. 1. Root: the pinned one, or the newest that the chain
/// from it led to (5.2, 5.3). 2. Timestamp (5.4). 3. Snapshot (5.5). 4. Targets (5.6). 5. Target files, through delegations (5.6.7, 5.7).
/// </remarks>
public sealed class TufUpdater
{
    private const string RootFile = "root.json";
    private const string TimestampFile = "timestamp.json";
    private const string SnapshotFile = "snapshot.json";

    private readonly ReadOnlyMemory<byte> _pinnedRoot;
    private readonly ImmutableArray<string> _targets;
    private readonly DateTimeOffset _now;
    private readonly IEnumerator<TufStep> _steps;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _files = new(StringComparer.Ordinal);
    private string _reading = RootFile;
    private byte[]? _answer;
    private RootMetadata? _root;
    private SnapshotMetadata? _timestamp;
    private SnapshotMetadata? _snapshot;
    private TargetsMetadata? _topTargets;

    /// <summary>Begins a refresh.</summary>
    /// <param name="pinnedRoot">The root metadata from which all trust comes.</param>
    /// <param name="targets">The names of the target files that are wanted; none is a refresh of the metadata alone.</param>
    /// <param name="now">The time at which all expiry is judged (5.1).</param>
    public TufUpdater(ReadOnlyMemory<byte> pinnedRoot, IEnumerable<string> targets, DateTimeOffset now)
    {
        _pinnedRoot = pinnedRoot;
        _targets = [.. targets];
        _now = now;
        _steps = Refresh().GetEnumerator();
    }

    /// <summary>Why the refresh ended early; null while it goes on and when it succeeded.</summary>
    public TufFailure? Failure { get; private set; }

    /// <summary>The root in force.</summary>
    public TufRoleState? Root => _root?.File.State;

    /// <summary>The timestamp in force.</summary>
    public TufRoleState? Timestamp => _timestamp?.File.State;

    /// <summary>The snapshot in force.</summary>
    public TufRoleState? Snapshot => _snapshot?.File.State;

    /// <summary>The top-level targets role in force.</summary>
    public TufRoleState? Targets => _topTargets?.File.State;

    /// <summary>The target files that were asked for and verified.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files => _files;

    /// <summary>Takes the answer to the step before (null for the first) and says the next. Null: ended, see <see cref="Failure"/>.</summary>
    public TufStep? Next(byte[]? answer)
    {
        try
        {
            // check: tuf-fetched-size
            if (_steps.Current is TufStep.Fetch fetched && answer?.Length > fetched.MaxBytes)
            {
                throw new TufException(TufFailureReason.TooLarge, $"{fetched.Path} has more than {fetched.MaxBytes} bytes");
            }

            _answer = answer;
            return Failure is null && _steps.MoveNext() ? _steps.Current : null;
        }
        catch (TufException e)
        {
            Failure = new TufFailure(e.Reason, e.Message);
        }
        catch (EvidenceFormatException e)
        {
            Failure = new TufFailure(e.LimitExceeded ? TufFailureReason.TooLarge : TufFailureReason.Malformed, $"{_reading}: {e.Message}");
        }

        return null;
    }

    private IEnumerable<TufStep> Refresh() =>
        from part in new Func<IEnumerable<TufStep>>[]
        {
            RefreshRoot,
            RefreshTimestamp,
            RefreshSnapshot,
            () => ObtainRole("targets", _root!.Targets, targets => _topTargets = targets),
            () => _targets.SelectMany(Download),
        }
        from step in part()
        select step;

    private IEnumerable<TufStep> RefreshRoot()
    {
        // 5.2. A stored root is believed only by a caller who stored it under this pinned one.
        _root = RootMetadata.Read(RootFile, _pinnedRoot.Span);
        yield return new TufStep.Load(TufPlace.Metadata, RootFile);
        if (!TryAnswer(RootFile, AcceptStoredRoot))
        {
            yield return new TufStep.Store(TufPlace.Metadata, RootFile, _pinnedRoot);
        }

        for (var rotations = 0; ; rotations++)
        {
            var version = _root.File.Version + 1;
            var name = $"{version}.{RootFile}";
            yield return new TufStep.Fetch(TufPlace.Metadata, name, TufLimits.MaxRootBytes);
            if (_answer is not { } content)
            {
                break;
            }

            // check: tuf-root-rotations
            if (rotations >= TufLimits.MaxRootRotations)
            {
                throw new TufException(TufFailureReason.TooLarge, $"the chain of roots goes on after {TufLimits.MaxRootRotations} new ones; refresh again to follow it");
            }

            _reading = name;
            var next = AcceptRoot(name, content, version);
            if (!next.Timestamp.KeepsKeysOf(_root.Timestamp) || !next.Snapshot.KeepsKeysOf(_root.Snapshot))
            {
                // 5.3.11: whoever stole the old keys may have signed versions that no honest one reaches again. A key that only comes is no
                // reason to forget. Deleted before the root is stored: after a crash between the two, the rotation would not be seen again.
                yield return new TufStep.Delete(TufPlace.Metadata, TimestampFile);
                yield return new TufStep.Delete(TufPlace.Metadata, SnapshotFile);
            }

            yield return new TufStep.Store(TufPlace.Metadata, RootFile, content);
            _root = next;
        }

        // 5.3.10: only the last one; a chain leads through expired roots.
        // check: tuf-root-expiry
        _root.File.RequireFresh(_now);
    }

    private void AcceptStoredRoot(byte[] content)
    {
        var stored = RootMetadata.Read(RootFile, content);
        // check: tuf-stored-root
        RequireNoOlder(RootFile, stored.File.Version, _root!.File.Version);
        _root = stored;
    }

    private RootMetadata AcceptRoot(string name, byte[] content, long version)
    {
        // 5.3.4.1: the old keys first, so that nothing is made of a root that no trusted key signed.
        // check: tuf-root-old-keys
        _root!.Root.Verify(TufEnvelope.Read(name, "root", content), $"root {_root.File.Version}");
        var next = RootMetadata.Read(name, content);
        // check: tuf-root-version
        if (next.File.Version != version)
        {
            throw new TufException(TufFailureReason.WrongVersion, $"{name} is version {next.File.Version}");
        }

        return next;
    }

    private IEnumerable<TufStep> RefreshTimestamp()
    {
        yield return new TufStep.Load(TufPlace.Metadata, TimestampFile);
        SnapshotMetadata? trusted = null;
        TryAnswer(TimestampFile, content => trusted = ReadTimestamp(content));
        yield return new TufStep.Fetch(TufPlace.Metadata, TimestampFile, TufLimits.MaxTimestampBytes);
        var content = Answer(TimestampFile);
        var fetched = ReadTimestamp(content);
        if (trusted is not null)
        {
            // check: tuf-timestamp-rollback
            RequireNoOlder(TimestampFile, fetched.File.Version, trusted.File.Version);
            // check: tuf-timestamp-snapshot-rollback
            RequireNoOlder($"{SnapshotFile} in {TimestampFile}", fetched.Find(SnapshotFile).Version, trusted.Find(SnapshotFile).Version);
        }

        // 5.4.3: with an equal version the trusted one stays, and its expiry counts.
        var isNew = fetched.File.Version != trusted?.File.Version;
        _timestamp = isNew ? fetched : trusted!;
        // check: tuf-timestamp-expiry
        _timestamp.File.RequireFresh(_now);
        if (isNew)
        {
            yield return new TufStep.Store(TufPlace.Metadata, TimestampFile, content);
        }
    }

    private SnapshotMetadata ReadTimestamp(byte[] content)
    {
        var timestamp = new SnapshotMetadata(Accept(TimestampFile, "timestamp", content, _root!.Timestamp));
        timestamp.Find(SnapshotFile);
        return timestamp;
    }

    private IEnumerable<TufStep> RefreshSnapshot()
    {
        yield return new TufStep.Load(TufPlace.Metadata, SnapshotFile);
        SnapshotMetadata? trusted = null;
        TryAnswer(SnapshotFile, content => trusted = new SnapshotMetadata(Accept(SnapshotFile, "snapshot", content, _root!.Snapshot)));
        var expected = _timestamp!.Find(SnapshotFile);
        foreach (var step in Obtain(SnapshotFile, expected, TufLimits.MaxSnapshotBytes, content => AcceptSnapshot(content, expected, trusted)))
        {
            yield return step;
        }
    }

    private void AcceptSnapshot(byte[] content, TufFile expected, SnapshotMetadata? trusted)
    {
        var snapshot = new SnapshotMetadata(AcceptExpected(SnapshotFile, "snapshot", content, _root!.Snapshot, expected));
        foreach (var (name, before) in trusted?.Files ?? ImmutableDictionary<string, TufFile>.Empty)
        {
            // check: tuf-snapshot-rollback
            RequireNoOlder($"{Shown.Text(name)} in {SnapshotFile}", snapshot.Files.GetValueOrDefault(name)?.Version ?? 0, before.Version);
        }

        // check: tuf-snapshot-expiry
        snapshot.File.RequireFresh(_now);
        _snapshot = snapshot;
    }

    private IEnumerable<TufStep> Download(string target)
    {
        TufNames.RequireSafe(target);
        TufFile? found = null;
        foreach (var step in Search(target, file => found = file))
        {
            yield return step;
        }

        // check: tuf-target-listed
        if (found is null)
        {
            throw new TufException(TufFailureReason.UnknownTarget, $"no role that may do so lists the target file {Shown.Text(target)}");
        }

        var name = Uri.EscapeDataString(target);
        yield return new TufStep.Load(TufPlace.Targets, name);
        if (TryAnswer(name, stored => found.Verify(stored)))
        {
            _files[target] = _answer!;
            yield break;
        }

        var path = TufNames.PathOf(target, _root!.IsConsistentSnapshot ? found.Hash : null);
        yield return new TufStep.Fetch(TufPlace.Targets, path, found.LengthWithin(TufLimits.MaxTargetFileBytes));
        var content = Answer(path);
        // check: tuf-target-bytes
        found.Verify(content);
        _files[target] = content;
        yield return new TufStep.Store(TufPlace.Targets, name, content);
    }

    /// <summary>5.6.7: the roles in the order of trust, each at most once.</summary>
    private IEnumerable<TufStep> Search(string target, Action<TufFile> found)
    {
        var visited = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<(string Name, TufRole Role)>([("targets", _root!.Targets)]);
        var asked = 0;
        while (waiting.TryPop(out var next))
        {
            // A cycle of delegations ends here.
            // check: tuf-delegation-visited
            if (!visited.Add(next.Name))
            {
                continue;
            }

            // check: tuf-delegation-count
            if (++asked > TufLimits.MaxVisitedRoles)
            {
                throw new TufException(
                    TufFailureReason.TooLarge, $"more than {TufLimits.MaxVisitedRoles} roles would have to be asked for the target file {Shown.Text(target)}");
            }

            TargetsMetadata? role = null;
            foreach (var step in ObtainRole(next.Name, next.Role, targets => role = targets))
            {
                yield return step;
            }

            if (role!.Find(target) is { } file)
            {
                found(file);
                yield break;
            }

            var delegations = role.Delegations.Where(delegation => delegation.Covers(target)).ToList();
            var last = delegations.FindIndex(delegation => delegation.IsTerminating);
            if (last >= 0)
            {
                // 5.6.7.2.1: after a terminating delegation nobody else is asked, neither here nor further up.
                delegations.RemoveRange(last + 1, delegations.Count - last - 1);
                waiting.Clear();
            }

            delegations.Reverse();
            delegations.ForEach(delegation => waiting.Push((delegation.Name, delegation.Role)));
        }
    }

    private IEnumerable<TufStep> ObtainRole(string role, TufRole signers, Action<TargetsMetadata> accept)
    {
        var expected = _snapshot!.Find(role + ".json");
        var name = TufNames.FileOf(role);
        return Obtain(name, expected, TufLimits.MaxTargetsBytes, content =>
        {
            var targets = new TargetsMetadata(AcceptExpected(name, "targets", content, signers, expected));
            // check: tuf-targets-expiry
            targets.File.RequireFresh(_now);
            accept(targets);
        });
    }

    /// <summary>The stored file where it is exactly what is expected, else that of the repository, which is then stored.</summary>
    private IEnumerable<TufStep> Obtain(string name, TufFile expected, int limit, Action<byte[]> accept)
    {
        yield return new TufStep.Load(TufPlace.Metadata, name);
        if (TryAnswer(name, accept))
        {
            yield break;
        }

        var path = _root!.IsConsistentSnapshot ? $"{expected.Version}.{name}" : name;
        yield return new TufStep.Fetch(TufPlace.Metadata, path, expected.LengthWithin(limit));
        var content = Answer(path);
        accept(content);
        yield return new TufStep.Store(TufPlace.Metadata, name, content);
    }

    private static TufEnvelope Accept(string name, string type, byte[] content, TufRole role)
    {
        var file = TufEnvelope.Read(name, type, content);
        // check: tuf-role-signatures
        role.Verify(file, $"the role {name}");
        return file;
    }

    private static TufEnvelope AcceptExpected(string name, string type, byte[] content, TufRole role, TufFile expected)
    {
        // check: tuf-metadata-bytes
        expected.Verify(content);
        var file = Accept(name, type, content, role);
        // Else files of different snapshots could be mixed.
        // check: tuf-metadata-version
        if (file.Version != expected.Version)
        {
            throw new TufException(TufFailureReason.WrongVersion, $"{name} is version {file.Version}; {expected.Version} was expected");
        }

        return file;
    }

    private static void RequireNoOlder(string what, long version, long before)
    {
        if (version < before)
        {
            throw new TufException(
                TufFailureReason.Rollback, $"{what} is {(version == 0 ? "gone" : $"version {version}")}; version {before} was seen before");
        }
    }

    private byte[] Answer(string path)
    {
        _reading = path;
        return _answer ?? throw new TufException(TufFailureReason.NotFound, $"the repository has no {path}");
    }

    /// <summary>Whether there is a stored file and it is accepted. One that is not is as good as none: it is fetched again.</summary>
    private bool TryAnswer(string name, Action<byte[]> accept)
    {
        if (_answer is not { } content)
        {
            return false;
        }

        _reading = name;
        try
        {
            accept(content);
            return true;
        }
        catch (Exception e) when (e is TufException or EvidenceFormatException)
        {
            return false;
        }
    }
}
