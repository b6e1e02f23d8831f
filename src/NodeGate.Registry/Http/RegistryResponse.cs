using System.Net;

namespace NodeGate.Registry.Http;

/// <summary>An answer that was read completely. The body is empty unless the status is 200.</summary>
/// <param name="Status">200, or a 4xx that is an answer and not a failure.</param>
/// <param name="Uri">Where the answer came from, after redirects.</param>
/// <param name="MediaType">The Content-Type without its parameters, or null.</param>
/// <param name="ContentDigest">The Docker-Content-Digest header, unparsed, or null.</param>
/// <param name="Links">The Link headers.</param>
/// <param name="Body">The bytes.</param>
internal sealed record RegistryResponse(
    HttpStatusCode Status,
    Uri Uri,
    string? MediaType,
    string? ContentDigest,
    IReadOnlyList<string> Links,
    ReadOnlyMemory<byte> Body);
