using System.Text.Json;

namespace NodeGate.Testing.RealParts;

/// <summary>What @grpc/grpc-js saw: <see cref="Message"/> is the decoded message of a typed command, or hex of a raw one.</summary>
public sealed record GrpcJsReply(int Code, string Details, JsonElement Metadata, JsonElement Trailers, JsonElement Message);
