using System.Globalization;

namespace NodeGate.Testing.RealParts;

/// <summary>Everything that came back for one call, as it stood on the wire.</summary>
public sealed record CriReply(
    int HttpStatus,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    IReadOnlyList<ReadOnlyMemory<byte>> Messages,
    IReadOnlyList<KeyValuePair<string, string>> Trailers)
{
    /// <summary>One header block that carries grpc-status: how errors before the first message look.</summary>
    public bool IsTrailersOnly => Headers.Any(entry => entry.Key == "grpc-status");

    /// <summary>grpc-status, or -1 when there is none.</summary>
    public int Status => int.TryParse(Trailing("grpc-status"), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : -1;

    /// <summary>grpc-message, decoded.</summary>
    public string StatusMessage => Uri.UnescapeDataString(Trailing("grpc-message") ?? "");

    /// <summary>The only or first message; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Message => Messages.Count == 0 ? default : Messages[0];

    /// <summary>A header by name, or null.</summary>
    public string? Header(string name) => Find(Headers, name);

    /// <summary>A trailer by name (or the header of a trailers-only answer), or null.</summary>
    public string? Trailing(string name) => Find(Trailers, name) ?? Find(Headers, name);

    public CriReply EnsureOk(string path) => Status == 0 ? this : throw new CriException(path, Status, StatusMessage);

    private static string? Find(IReadOnlyList<KeyValuePair<string, string>> entries, string name) =>
        entries.Where(entry => entry.Key == name).Select(entry => entry.Value).FirstOrDefault();
}
