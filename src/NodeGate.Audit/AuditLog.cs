using System.Buffers;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Audit;

/// <summary>
/// The audit log: one JSON object a line, in a hash chain that goes on over restarts and rotations (README "The chain").
/// </summary>
/// <remarks>
/// One writer takes what waits, writes it with one call and flushes once for all of it. A pull, a container, an admission, a start, a
/// stop and a policy change are on the disk before <see cref="RecordAsync"/> returns; an image status is with the kernel, which a crash
/// of this process cannot take back. When a write fails, everybody who waits for it gets the failure, so that the gate fails closed;
/// the next record tries again, so that the log recovers as soon as the disk does.
/// </remarks>
public sealed class AuditLog : IDecisionSink, IAsyncDisposable
{
    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FileStream _lock;
    private readonly AuditFile _file;
    private readonly AuditEncoder _encoder;
    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(AuditLimits.MaxQueuedRecords) { SingleReader = true });

    private readonly ArrayBufferWriter<byte> _lines = new(4096);
    private readonly Task _writer;
    private long _seq;
    private string _prev;
    private string? _startNote;
    private bool _failing;

    private AuditLog(AuditOptions options, TimeProvider time, ILogger logger, FileStream @lock, AuditFile file, AuditTail tail)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _lock = @lock;
        _file = file;
        _encoder = new AuditEncoder(options.Node);
        _seq = tail.Seq;
        _prev = tail.Hash ?? AuditChain.Genesis;
        _startNote = NoteOf(options, tail);
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Opens the log, repairs a torn last line and goes on with the chain where it ended.</summary>
    /// <exception cref="NodeGateException">The file cannot be opened, or another process writes it.</exception>
    public static AuditLog Open(AuditOptions options, TimeProvider time, ILogger<AuditLog> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);

        FileStream? @lock = null;
        AuditFile? file = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Path)) ?? "/");
            @lock = new FileStream(options.Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file = new AuditFile(options);
            var tail = file.OpenAndRepair();
            var log = new AuditLog(options, time, logger, @lock, file, tail);
            (@lock, file) = (null, null);
            return log;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeGateException(
                DecisionReason.InternalError,
                $"The audit log {options.Path} cannot be opened: {e.Message} Only one NodeGate may write it, and it needs a writable folder.",
                e);
        }
        finally
        {
            file?.Dispose();
            @lock?.Dispose();
        }
    }

    /// <inheritdoc/>
    public async ValueTask RecordAsync(DecisionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var waiting = new Waiting(record, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await _queue.Writer.WriteAsync(waiting, CancellationToken.None);
        }
        catch (ChannelClosedException e)
        {
            throw new NodeGateException(DecisionReason.InternalError, "The audit log is closed: NodeGate is stopping.", e);
        }

        await waiting.Done.Task;
    }

    /// <summary>Writes what still waits and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer;
        try
        {
            _file.Dispose();
        }
        catch (IOException e)
        {
            AuditEvents.WriteFailed(_logger, _options.Path, e);
        }

        await _lock.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        var batch = new List<Waiting>(AuditLimits.MaxBatchRecords);
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < AuditLimits.MaxBatchRecords && _queue.Reader.TryRead(out var waiting))
            {
                batch.Add(waiting);
            }

            WriteBatch(batch);
            batch.Clear();
        }
    }

    private void WriteBatch(List<Waiting> batch)
    {
        var (seq, prev, note) = (_seq, _prev, _startNote);
        _lines.ResetWrittenCount();
        var durable = false;
        foreach (var waiting in batch)
        {
            var record = waiting.Record;
            if (note is not null && record.Event == DecisionEvent.Start)
            {
                record = record with { Message = record.Message.Length == 0 ? note : record.Message + " " + note };
                note = null;
            }

            prev = _encoder.Append(_lines, record, _time.GetUtcNow(), ++seq, prev);
            durable |= record.Event != DecisionEvent.ImageStatus;
        }

        try
        {
            _file.Append(_lines.WrittenSpan, durable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(batch, e);
            return;
        }

        (_seq, _prev, _startNote) = (seq, prev, note);
        if (_failing)
        {
            _failing = false;
            AuditEvents.WriteRecovered(_logger, _options.Path);
        }

        foreach (var waiting in batch)
        {
            waiting.Done.SetResult();
        }
    }

    private void Fail(List<Waiting> batch, Exception e)
    {
        if (!_failing)
        {
            _failing = true;
            AuditEvents.WriteFailed(_logger, _options.Path, e);
        }

        foreach (var waiting in batch)
        {
            // One exception each: a shared one would collect the stack traces of all who wait.
            waiting.Done.SetException(new NodeGateException(
                DecisionReason.InternalError, $"The audit log {_options.Path} cannot be written: {e.Message} Make room on its disk.", e));
        }
    }

    private static string? NoteOf(AuditOptions options, AuditTail tail)
    {
        if (tail.TornBytes > 0)
        {
            return $"The last line was torn: its {tail.TornBytes} bytes were moved to {AuditFile.TornPath(options.Path)}.";
        }

        return tail.Hash is null ? "The last line is damaged: the hash chain begins anew here." : null;
    }

    private sealed record Waiting(DecisionRecord Record, TaskCompletionSource Done);
}
