using System.Runtime.CompilerServices;

namespace NodeGate.Audit;

/// <summary>Reads the lines of an audit log, oldest first, over its rotated files. Believes nothing of what they say.</summary>
public static class AuditReader
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>The files of the log at <paramref name="path"/>, oldest first; those that do not exist are left out.</summary>
    public static IReadOnlyList<string> FilesOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var files = new List<string>();
        for (var number = AuditLimits.MaxKeep; number >= 1; number--)
        {
            if (File.Exists(AuditFile.RotatedPath(path, number)))
            {
                files.Add(AuditFile.RotatedPath(path, number));
            }
        }

        if (File.Exists(path))
        {
            files.Add(path);
        }

        return files;
    }

    /// <summary>The lines of the log at <paramref name="path"/>, oldest first.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async IAsyncEnumerable<AuditEntry> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var file in FilesOf(path))
        {
            await foreach (var entry in ReadFileAsync(file, cancellationToken))
            {
                yield return entry;
            }
        }
    }

    private static async IAsyncEnumerable<AuditEntry> ReadFileAsync(
        string file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(
            file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true);
        var buffer = new byte[BufferBytes];
        var filled = 0;
        var number = 0L;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            filled += read;
            var begin = 0;
            int length;
            while ((length = buffer.AsSpan(begin, filled - begin).IndexOf((byte)'\n')) >= 0)
            {
                yield return new AuditEntry(file, ++number, buffer.AsMemory(begin, length).ToArray(), IsComplete: true);
                begin += length + 1;
            }

            buffer.AsSpan(begin, filled - begin).CopyTo(buffer);
            filled -= begin;
            if (read == 0 || filled >= AuditLimits.MaxLineBytes)
            {
                if (filled > 0)
                {
                    yield return new AuditEntry(file, ++number, buffer.AsMemory(0, filled).ToArray(), IsComplete: false);
                }

                yield break;
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
