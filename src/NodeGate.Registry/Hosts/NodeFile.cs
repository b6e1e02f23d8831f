namespace NodeGate.Registry.Hosts;

/// <summary>Reads a file of the node's administrator, within a bound.</summary>
internal static class NodeFile
{
    /// <exception cref="IOException">It cannot be read, or is longer than <paramref name="maxBytes"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static byte[] Read(string path, int maxBytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[Math.Min(stream.Length, maxBytes) + 1];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= maxBytes && length < buffer.Length
            ? buffer[..length]
            : throw new IOException($"'{path}' has more than {maxBytes} bytes, or grew while it was read.");
    }
}
