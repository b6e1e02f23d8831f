namespace NodeGate.Webhook.Certificates;

/// <summary>Reads a small file that is mounted beside us, within a bound.</summary>
internal static class PemFile
{
    /// <exception cref="IOException">It cannot be read, or is too long.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static byte[] Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[Math.Min(stream.Length, WebhookLimits.MaxCertificateFileBytes) + 1];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length < buffer.Length
            ? buffer[..length]
            : throw new IOException($"'{path}' has more than {WebhookLimits.MaxCertificateFileBytes} bytes, or grew while it was read.");
    }
}
