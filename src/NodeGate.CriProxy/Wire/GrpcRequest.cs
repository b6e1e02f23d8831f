using System.Collections.Immutable;

namespace NodeGate.CriProxy.Wire;

/// <summary>A unary call that was read completely: what a gated method judges, and what is sent on.</summary>
/// <param name="Path">The HTTP/2 path, <c>/package.Service/Method</c>.</param>
/// <param name="Metadata">
/// The caller's headers in order, without pseudo-headers, including <c>grpc-timeout</c>, <c>user-agent</c> and <c>traceparent</c>.
/// </param>
/// <param name="Message">The one message, without its five-byte gRPC prefix.</param>
/// <param name="Deadline">When the caller gives up, or null where it sent no <c>grpc-timeout</c> (the kubelet's <c>PullImage</c>).</param>
internal sealed record GrpcRequest(
    string Path,
    ImmutableArray<MetadataEntry> Metadata,
    ReadOnlyMemory<byte> Message,
    DateTimeOffset? Deadline);
