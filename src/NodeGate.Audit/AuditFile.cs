using Microsoft.Win32.SafeHandles;

namespace NodeGate.Audit;

/// <summary>
/// The file that is written, and its rotation. Not thread-safe: the log's one writer owns it. After an <see cref="IOException"/> it is
/// closed; the next append opens it again and first cuts off whatever the failed one left behind.
/// </summary>
internal sealed class AuditFile : IDisposable
{
    private readonly AuditOptions _options;
    private readonly string _directory;
    private SafeFileHandle? _handle;
    private long _length;
    private bool _unflushed;

    internal AuditFile(AuditOptions options)
    {
        _options = options;
        _directory = Path.GetDirectoryName(Path.GetFullPath(options.Path)) ?? "/";
    }

    /// <summary>Where the bytes of a torn last line are kept; overwritten by the next one, so that it cannot fill the disk.</summary>
    internal static string TornPath(string path) => path + ".torn";

    internal static string RotatedPath(string path, int number) => $"{path}.{number}";

    /// <summary>Opens the file for the first time and repairs its end. Only a line that nobody was answered for can be torn.</summary>
    internal AuditTail OpenAndRepair()
    {
        Open();
        var tail = AuditTail.Read(_handle!);
        if (tail.TornBytes > 0)
        {
            var torn = new byte[tail.TornBytes];
            var read = RandomAccess.Read(_handle!, torn, tail.GoodLength);
            File.WriteAllBytes(TornPath(_options.Path), torn.AsSpan(0, read));
            RandomAccess.SetLength(_handle!, tail.GoodLength);
            RandomAccess.FlushToDisk(_handle!);
        }

        _length = tail.GoodLength;
        if (_length == 0 && File.Exists(RotatedPath(_options.Path, 1)))
        {
            // The last run ended between a rotation and its first record: the chain goes on from the rotated file.
            using var rotated = File.OpenHandle(RotatedPath(_options.Path, 1), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return AuditTail.Read(rotated) with { TornBytes = tail.TornBytes };
        }

        return tail;
    }

    /// <summary>Appends <paramref name="lines"/>; with <paramref name="flush"/> they are on the disk when it returns, else with the kernel.</summary>
    internal void Append(ReadOnlySpan<byte> lines, bool flush)
    {
        var good = false;
        try
        {
            if (_handle is null)
            {
                Open();
                RandomAccess.SetLength(_handle!, _length);
            }

            if (_length > 0 && _length + lines.Length > _options.MaxBytes)
            {
                Rotate();
            }

            RandomAccess.Write(_handle!, lines, _length);
            if (flush)
            {
                RandomAccess.FlushToDisk(_handle!);
            }

            _unflushed = !flush;
            _length += lines.Length;
            good = true;
        }
        finally
        {
            if (!good)
            {
                // After a failed fsync the kernel may call the lost pages clean, so nothing of this handle is believed any more.
                _handle?.Dispose();
                _handle = null;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle is not null && _unflushed)
        {
            RandomAccess.FlushToDisk(_handle);
        }

        _handle?.Dispose();
        _handle = null;
    }

    private void Open()
    {
        var created = !File.Exists(_options.Path);
        _handle = File.OpenHandle(_options.Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (created)
        {
            // The log names images, namespaces and signers: for root and its group, not for every process of the node.
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(_handle, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            }

            DirectorySync.Flush(_directory);
        }
    }

    private void Rotate()
    {
        RandomAccess.FlushToDisk(_handle!);
        _handle!.Dispose();
        _handle = null;

        // Only up to the first gap: a crash in the middle of a rotation leaves one, and what stands behind it must not be overwritten early.
        var last = 1;
        while (last < _options.Keep && File.Exists(RotatedPath(_options.Path, last)))
        {
            last++;
        }

        for (var number = last; number > 1; number--)
        {
            File.Move(RotatedPath(_options.Path, number - 1), RotatedPath(_options.Path, number), overwrite: true);
        }

        File.Move(_options.Path, RotatedPath(_options.Path, 1), overwrite: true);
        _length = 0;
        Open();
    }
}
