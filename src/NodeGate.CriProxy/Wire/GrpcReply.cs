using System.Collections.Immutable;

namespace NodeGate.CriProxy.Wire;

/// <summary>The complete answer to a unary call.</summary>
/// <param name="Status">The value of <c>grpc-status</c>.</param>
/// <param name="StatusMessage">The decoded <c>grpc-message</c>, or null where there is none; encoded (percent, UTF-8) when it is written.</param>
/// <param name="Message">The one message without its prefix; null for an error.</param>
/// <param name="Headers">The initial metadata other than <c>:status</c> and <c>content-type</c>.</param>
/// <param name="Trailers">The trailing metadata other than <c>grpc-status</c> and <c>grpc-message</c> (<c>grpc-status-details-bin</c> is here).</param>
/// <param name="TrailersOnly">
/// The answer is one HEADERS block with END_STREAM. It must be written as such: anything else makes the kubelet report
/// "server closed the stream without sending trailers" (kubelet-observed.md section 2).
/// </param>
internal sealed record GrpcReply(
    GrpcStatusCode Status,
    string? StatusMessage,
    ReadOnlyMemory<byte>? Message,
    ImmutableArray<MetadataEntry> Headers,
    ImmutableArray<MetadataEntry> Trailers,
    bool TrailersOnly)
{
    /// <summary>
    /// <c>grpc-message</c> as containerd wrote it, written again as it is: text that is not UTF-8, or that was escaped more than it had to be,
    /// would come out of decoding and encoding as other bytes. Null: <see cref="StatusMessage"/> is encoded.
    /// </summary>
    public byte[]? EncodedStatusMessage { get; init; }

    /// <summary>An error answer of NodeGate's own, always written as Trailers-Only.</summary>
    public static GrpcReply Error(GrpcStatusCode status, string message) => new(status, message, null, [], [], TrailersOnly: true);
}
