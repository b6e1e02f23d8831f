using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using NodeGate.Oci;

namespace NodeGate.Gate.State;

/// <summary>
/// The ledger's file: records are appended; the whole is rewritten beside it and renamed over it when too much of it is dead. Not
/// thread-safe. After a failed write the next one first cuts off what the failed one left.
/// </summary>
internal sealed class Journal : IDisposable
{
    internal const string FileName = "ledger.journal";

    private readonly string _folder;
    private readonly FileStream _lock;
    private readonly ILogger _logger;
    private SafeFileHandle? _handle;
    private long _length;

    private Journal(string folder, FileStream @lock, ILogger logger)
    {
        _folder = folder;
        _lock = @lock;
        _logger = logger;
    }

    internal long Length => _length;

    private string FilePath => Path.Combine(_folder, FileName);

    private string NewPath => FilePath + ".new";

    /// <summary>Opens the journal in <paramref name="folder"/>, cuts a torn end off, and sets a damaged file aside.</summary>
    /// <exception cref="NodeGateException">The folder cannot be used, or another process uses it.</exception>
    internal static (Journal Journal, JournalContent Content) Open(string folder, DateTimeOffset now, ILogger logger)
    {
        FileStream? @lock = null;
        Journal? journal = null;
        try
        {
            CreateFolder(folder);
            @lock = new FileStream(Path.Combine(folder, "ledger.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            journal = new Journal(folder, @lock, logger);
            var content = journal.Load(now);
            var opened = journal;
            (@lock, journal) = (null, null);
            return (opened, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeGateException(
                DecisionReason.InternalError,
                $"The ledger in {folder} cannot be opened: {e.Message} Only one NodeGate may use it, and it needs a writable folder.",
                e);
        }
        finally
        {
            journal?.CloseFile();
            @lock?.Dispose();
        }
    }

    /// <summary>Appends sealed lines; with <paramref name="flush"/> they are on the disk when it returns.</summary>
    /// <exception cref="IOException">Nothing was appended as far as any later reader is concerned.</exception>
    internal void Append(ReadOnlySpan<byte> lines, bool flush)
    {
        if (_length + lines.Length > LedgerLimits.MaxJournalBytes)
        {
            throw new IOException($"The journal would exceed {LedgerLimits.MaxJournalBytes} bytes.");
        }

        var good = false;
        try
        {
            if (_handle is null)
            {
                _handle = OpenFile(FilePath);
                RandomAccess.SetLength(_handle, _length);
            }

            RandomAccess.Write(_handle, lines, _length);
            if (flush)
            {
                RandomAccess.FlushToDisk(_handle);
            }

            _length += lines.Length;
            good = true;
        }
        finally
        {
            if (!good)
            {
                CloseFile();
            }
        }
    }

    /// <summary>Replaces the journal by one that holds only <paramref name="lines"/>. A crash at any moment leaves the old or the new one.</summary>
    /// <exception cref="IOException">The old one is still in use.</exception>
    internal void Rewrite(IEnumerable<byte[]> lines)
    {
        File.Delete(NewPath);
        var length = 0L;
        using (var file = OpenFile(NewPath))
        {
            foreach (var line in lines.Prepend(JournalCodec.EncodeHeader()).Chunk(256).Select(chunk => chunk.SelectMany(b => b).ToArray()))
            {
                RandomAccess.Write(file, line, length);
                length += line.Length;
            }

            RandomAccess.FlushToDisk(file);
        }

        CloseFile();
        File.Move(NewPath, FilePath, overwrite: true);
        _length = length;
        DirectorySync.Flush(_folder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CloseFile();
        _lock.Dispose();
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            // Whoever can write here can admit images.
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static SafeFileHandle OpenFile(string path)
    {
        var created = !File.Exists(path);
        var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        if (created && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return handle;
    }

    private JournalContent Load(DateTimeOffset now)
    {
        File.Delete(NewPath);
        if (!File.Exists(FilePath))
        {
            Rewrite([]);
            return new JournalContent([], _length, IsDamaged: false);
        }

        if (new FileInfo(FilePath).Length > LedgerLimits.MaxJournalBytes)
        {
            SetAside(now);
            return new JournalContent([], 0, IsDamaged: true);
        }

        var bytes = File.ReadAllBytes(FilePath);
        var content = JournalContent.Read(bytes);
        if (content.IsDamaged)
        {
            SetAside(now);
            return content;
        }

        if (content.GoodLength == 0)
        {
            // The process died while it wrote the first line of its life.
            Rewrite([]);
            return content;
        }

        _handle = OpenFile(FilePath);
        _length = content.GoodLength;
        if (content.GoodLength < bytes.Length)
        {
            GateEvents.LedgerTorn(_logger, FilePath, bytes.Length - content.GoodLength);
            RandomAccess.SetLength(_handle, content.GoodLength);
            RandomAccess.FlushToDisk(_handle);
        }

        return content;
    }

    private void SetAside(DateTimeOffset now)
    {
        var aside = $"{FilePath}.damaged-{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        File.Move(FilePath, aside, overwrite: true);
        foreach (var old in Directory.GetFiles(_folder, FileName + ".damaged-*").Order(StringComparer.Ordinal).SkipLast(LedgerLimits.MaxDamagedFiles))
        {
            File.Delete(old);
        }

        GateEvents.LedgerDamaged(_logger, FilePath, aside);
        Rewrite([]);
    }

    private void CloseFile()
    {
        _handle?.Dispose();
        _handle = null;
    }
}
