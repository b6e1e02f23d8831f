using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeGate.Oci;

namespace NodeGate.Gate.State;

/// <summary>
/// What was admitted and pulled, over restarts: a cache whose loss costs time and nothing else, except for the last ten minutes of
/// answers to the kubelet (design.md section 2, steps 5 and 11). Safe for concurrent use.
/// </summary>
/// <remarks>
/// Reads come from memory. A write is on the disk before it is in memory, so nobody sees an admission that a crash could take back.
/// Age is the greater of wall clock and monotonic clock: a wall clock that is set back prolongs nothing, and an admission from the
/// future does not count.
/// </remarks>
public sealed class Ledger : IDisposable
{
    private readonly LedgerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Journal? _journal;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly AgingTable<AdmissionKey, Admission> _admissions;
    private readonly AgingTable<(string Reference, string ImageId), PulledImage> _pulled;
    private readonly AgingTable<(string Repository, Digest Index), KnownIndex> _indexes;
    private readonly RecentAnswers _recent;
    private readonly Lock _gate = new();
    private readonly Queue<PendingWrite> _pending = [];
    private int _recordsInJournal;
    private bool _failing;

    private Ledger(LedgerOptions options, TimeProvider time, ILogger logger, Journal? journal, JournalContent content)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _journal = journal;
        _admissions = new AgingTable<AdmissionKey, Admission>(LedgerLimits.MaxAdmissions, time);
        _pulled = new AgingTable<(string Reference, string ImageId), PulledImage>(LedgerLimits.MaxPulled, time);
        _indexes = new AgingTable<(string Repository, Digest Index), KnownIndex>(LedgerLimits.MaxIndexes, time);
        _recent = new RecentAnswers(time);
        Evidence = options.Folder is null ? null : new EvidenceStore(Path.Combine(options.Folder, "evidence"), options.AdmittedFor, time, logger);
        _recordsInJournal = content.Records.Count;
        foreach (var record in content.Records)
        {
            Restore(record, content.IsDamaged);
        }
    }

    /// <summary>Opens the ledger. A damaged one is set aside, and everything is verified anew.</summary>
    /// <exception cref="NodeGateException">The folder cannot be used, or another process uses it.</exception>
    public static Ledger Open(LedgerOptions options, TimeProvider time, ILogger<Ledger> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        if (options.Folder is null)
        {
            return new Ledger(options, time, logger, null, new JournalContent([], 0, IsDamaged: false));
        }

        var (journal, content) = Journal.Open(options.Folder, time.GetUtcNow(), logger);
        var ledger = new Ledger(options, time, logger, journal, content);
        if (content.IsDamaged)
        {
            ledger.KeepWhatIsLeft();
        }

        return ledger;
    }

    /// <summary>How many admissions are remembered.</summary>
    public int AdmissionCount => _admissions.Count;

    /// <summary>How many pulled images are remembered.</summary>
    public int PulledCount => _pulled.Count;

    /// <summary>What was collected for what was admitted; null where nothing is kept.</summary>
    internal EvidenceStore? Evidence { get; }

    /// <summary>The admission for <paramref name="key"/> if it is still fresh.</summary>
    public Admission? FindAdmission(AdmissionKey key) =>
        _admissions.Find(key, out var age) is { } admission && age < _options.AdmittedFor ? admission : null;

    /// <summary>The admission for <paramref name="key"/> if it has lapsed, and not longer ago than <see cref="LedgerOptions.GraceFor"/>: for outages alone.</summary>
    public Admission? FindLapsed(AdmissionKey key) =>
        _admissions.Find(key, out var age) is { } admission && age >= _options.AdmittedFor && age < KeptFor ? admission : null;

    /// <summary>Remembers an admission; it is on the disk when it returns.</summary>
    /// <param name="key">What it is good for.</param>
    /// <param name="signers">Who signed.</param>
    /// <param name="age">How old the evidence is already.</param>
    /// <exception cref="NodeGateException">It could not be written, and is not remembered.</exception>
    public async ValueTask AdmitAsync(AdmissionKey key, ImmutableArray<string> signers, TimeSpan age = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var admission = new Admission(key, _time.GetUtcNow() - age, signers);
        await WriteAsync(JournalCodec.Encode(admission), flush: true, () => _admissions.Put(key, admission, admission.AdmittedAt));
    }

    /// <summary>Forgets a lapsed admission that the registry no longer bears out, so that no later outage renews it; also over a restart.</summary>
    /// <exception cref="NodeGateException">It could not be written, and a restart will remember it again.</exception>
    internal async ValueTask ForgetAsync(Admission lapsed)
    {
        _admissions.Remove(lapsed.Key);

        // As old as can be, it counts neither as fresh nor as lapsed when it is read again.
        await WriteAsync(JournalCodec.Encode(lapsed with { AdmittedAt = DateTimeOffset.UnixEpoch }), flush: true, () => { });
    }

    /// <summary>Remembers what an index lists. A crash may take it back, which costs a verification.</summary>
    /// <exception cref="NodeGateException">It could not be written, and is not remembered.</exception>
    internal async ValueTask RecordIndexAsync(KnownIndex index)
    {
        var key = (index.Repository, index.Digest);
        if (_indexes.Find(key, out _) is { } known && known.Own == index.Own)
        {
            return;
        }

        await WriteAsync(JournalCodec.Encode(index), flush: false, () => _indexes.Put(key, index, index.KnownAt));
    }

    /// <summary>What is known of the index <paramref name="digest"/> in <paramref name="repository"/>, or null.</summary>
    internal KnownIndex? FindIndex(string repository, Digest digest) => _indexes.Find((repository, digest), out _);

    /// <summary>The indexes of <paramref name="repository"/> that list <paramref name="child"/>, the latest first.</summary>
    internal IReadOnlyList<KnownIndex> FindIndexesOf(string repository, Digest child) =>
    [
        .. _indexes
            .Where(i => i.Children.Contains(child) && string.Equals(i.Repository, repository, StringComparison.Ordinal))
            .OrderByDescending(i => i.KnownAt),
    ];

    /// <summary>The pulls that ended in <paramref name="imageId"/>, under whatever reference.</summary>
    public IReadOnlyList<PulledImage> FindPulled(string imageId) => _pulled.Where(p => string.Equals(p.ImageId, imageId, StringComparison.Ordinal));

    /// <summary>The pull of <paramref name="reference"/> that ended in <paramref name="imageId"/>, or null.</summary>
    public PulledImage? FindPulled(string reference, string imageId) => _pulled.Find((reference, imageId), out _);

    /// <summary>
    /// True when <paramref name="digest"/> was pulled as another image than <paramref name="imageId"/>: somebody gave the name of the one to
    /// the other in the runtime's own store.
    /// </summary>
    public bool IsKnownAsAnother(Digest digest, string imageId)
    {
        var pulls = _pulled.Where(p => p.Digest == digest);
        return pulls.Count > 0 && !pulls.Any(p => string.Equals(p.ImageId, imageId, StringComparison.Ordinal));
    }

    /// <summary>
    /// Remembers a pull; it is on the disk when it returns. For this process it is remembered in any case: the image is on the node.
    /// </summary>
    /// <exception cref="NodeGateException">It could not be written, and a restart will have forgotten it.</exception>
    public async ValueTask RecordPulledAsync(ImageReference reference, string imageId, Digest? digest)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentException.ThrowIfNullOrEmpty(imageId);
        var pulled = new PulledImage(reference.ToString(), imageId, digest, _time.GetUtcNow());
        _pulled.Put((pulled.Reference, imageId), pulled, pulled.PulledAt);
        _recent.Remember(pulled.Reference, imageId);
        _recent.Remember(imageId, imageId);
        await WriteAsync(JournalCodec.Encode(pulled), flush: true, () => { });
    }

    /// <summary>Whether the kubelet was told within the last ten minutes, on the merits, that this image is present under this name.</summary>
    public bool WasPresentRecently(string asked, string imageId) => _recent.Repeat(asked, imageId);

    /// <summary>Remembers that the kubelet is told so now, on the merits.</summary>
    /// <exception cref="NodeGateException">It could not be written, and a restart will have forgotten it.</exception>
    public async ValueTask RecordPresentAsync(string asked, string imageId)
    {
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(imageId);
        if (_recent.Remember(asked, imageId))
        {
            // With the kernel is enough: only a restart of this process reads it, and a restarted node has no running pods to harm.
            await WriteAsync(JournalCodec.Encode(new ShownImage(asked, imageId, _time.GetUtcNow())), flush: false, () => { });
        }
    }

    /// <summary>Closes the file and frees the folder for another process.</summary>
    public void Dispose()
    {
        _journal?.Dispose();
        _writing.Dispose();
    }

    /// <summary>
    /// Who gets to write takes along what has come to wait meanwhile, so that two hundred admissions at once cost a few flushes and not two
    /// hundred, one after the other.
    /// </summary>
    private async ValueTask WriteAsync(byte[] line, bool flush, Action remember)
    {
        var write = new PendingWrite(line, flush, remember);
        lock (_gate)
        {
            _pending.Enqueue(write);
        }

        await _writing.WaitAsync(CancellationToken.None);
        try
        {
            while (!write.IsDone)
            {
                WriteBatch();
            }
        }
        finally
        {
            _writing.Release();
        }

        if (write.Failure is { } failure)
        {
            throw failure;
        }
    }

    private void WriteBatch()
    {
        var batch = new List<PendingWrite>();
        lock (_gate)
        {
            while (batch.Count < LedgerLimits.MaxBatch && _pending.TryDequeue(out var next))
            {
                batch.Add(next);
            }
        }

        NodeGateException? failure = null;
        try
        {
            if (_journal is not null)
            {
                CompactWhenDue(_journal);
                _journal.Append([.. batch.SelectMany(w => w.Line)], batch.Exists(w => w.Flush));
                _recordsInJournal += batch.Count;
            }

            batch.ForEach(w => w.Remember());
            if (_failing)
            {
                _failing = false;
                GateEvents.LedgerWriteRecovered(_logger, _options.Folder ?? "");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure = Failed(e);
        }

        foreach (var write in batch)
        {
            write.Failure = failure;
            write.IsDone = true;
        }
    }

    private TimeSpan KeptFor => _options.AdmittedFor + _options.GraceFor;

    private NodeGateException Failed(Exception e)
    {
        if (!_failing)
        {
            _failing = true;
            GateEvents.LedgerWriteFailed(_logger, _options.Folder ?? "", e);
        }

        return new NodeGateException(
            DecisionReason.InternalError, $"The ledger in {_options.Folder} cannot be written: {e.Message} Make room on its disk.", e);
    }

    private void CompactWhenDue(Journal journal)
    {
        var alive = _admissions.Count + _pulled.Count + _indexes.Count + _recent.Count;
        if (_recordsInJournal <= (2 * alive) + LedgerLimits.CompactionSlack && journal.Length < LedgerLimits.MaxJournalBytes / 2)
        {
            return;
        }

        var lines = Snapshot();
        journal.Rewrite(lines);
        _recordsInJournal = lines.Count;
    }

    private List<byte[]> Snapshot()
    {
        _admissions.RemoveOlderThan(KeptFor);
        return
        [
            .. _admissions.Where(_ => true).Select(JournalCodec.Encode),
            .. _pulled.Where(_ => true).Select(JournalCodec.Encode),
            .. _indexes.Where(_ => true).Select(JournalCodec.Encode),
            .. _recent.ToShown().Select(JournalCodec.Encode),
        ];
    }

    /// <summary>
    /// Of a damaged journal only the recent answers are believed, each by its own checksum: forgetting an admission costs a verification,
    /// forgetting an answer runs a container as root (kubelet-observed.md section 4).
    /// </summary>
    private void Restore(object record, bool isDamaged)
    {
        switch (record)
        {
            case Admission admission when !isDamaged && admission.AdmittedAt <= _time.GetUtcNow():
                _admissions.Put(admission.Key, admission, admission.AdmittedAt);
                break;
            case KnownIndex index when !isDamaged && index.KnownAt <= _time.GetUtcNow():
                _indexes.Put((index.Repository, index.Digest), index, index.KnownAt);
                break;
            case PulledImage pulled:
                _recent.Restore(pulled.Reference, pulled.ImageId, pulled.PulledAt);
                _recent.Restore(pulled.ImageId, pulled.ImageId, pulled.PulledAt);
                if (!isDamaged)
                {
                    _pulled.Put((pulled.Reference, pulled.ImageId), pulled, pulled.PulledAt);
                }

                break;
            case ShownImage shown when shown.ShownAt <= _time.GetUtcNow() + LedgerLimits.RecentFor:
                _recent.Restore(shown.Asked, shown.ImageId, shown.ShownAt + LedgerLimits.RecentWriteInterval);
                break;
            default:
                // An admission of a damaged journal, verified anew; or something of the future, perhaps so far that no interval can be added.
                break;
        }
    }

    private void KeepWhatIsLeft()
    {
        try
        {
            var lines = Snapshot();
            _journal!.Rewrite(lines);
            _recordsInJournal = lines.Count;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    private sealed class PendingWrite(byte[] line, bool flush, Action remember)
    {
        internal byte[] Line { get; } = line;

        internal bool Flush { get; } = flush;

        internal Action Remember { get; } = remember;

        // Written and read by whoever holds the turn to write.
        internal bool IsDone { get; set; }

        internal NodeGateException? Failure { get; set; }
    }
}
