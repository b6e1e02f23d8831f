using System.Text.Json;
using NodeGate.Oci;
using NodeGate.Registry.Http;

namespace NodeGate.Registry;

/// <summary>Turns a response into a manifest whose digest was computed here and whose type is settled.</summary>
internal static class ManifestAnswer
{
    /// <param name="response">A 200.</param>
    /// <param name="expected">The digest that was asked for, or null for a tag.</param>
    /// <exception cref="HostException">The bytes are not what was asked for.</exception>
    internal static FetchedManifest Read(RegistryResponse response, Digest? expected)
    {
        var content = response.Body;
        var digest = Digest.Of(content.Span, expected?.Algorithm ?? DigestAlgorithm.Sha256);
        if (expected is not null && digest != expected)
        {
            throw new HostException(ContentFailure.Corrupt, $"served bytes that do not have the digest {expected}");
        }

        if (response.ContentDigest is { } header && !(Digest.TryParse(header, out var declared) && declared.Matches(content.Span)))
        {
            throw new HostException(ContentFailure.Corrupt, "served bytes that do not have the digest of its Docker-Content-Digest header");
        }

        return new FetchedManifest(new Descriptor(MediaTypeOf(response), digest, content.Length), content);
    }

    /// <summary>What containerd could not pull either: not a manifest, or one that two readers take differently.</summary>
    internal static void RequireImage(FetchedManifest manifest)
    {
        try
        {
            if (MediaTypes.IsIndex(manifest.Descriptor.MediaType))
            {
                ImageIndex.Parse(manifest.Content, manifest.Descriptor.MediaType);
            }
            else
            {
                Manifest.Parse(manifest.Content, manifest.Descriptor.MediaType);
            }
        }
        catch (FormatException e)
        {
            throw new HostException(FailureOf(e), $"served something that is no image manifest: {e.Message.TrimEnd('.')}", e);
        }
    }

    internal static ContentFailure FailureOf(FormatException e) => e is OciLimitException ? ContentFailure.LimitExceeded : ContentFailure.Corrupt;

    private static string MediaTypeOf(RegistryResponse response)
    {
        var own = OwnMediaType(response.Body.Span);

        // Servers that know nothing of manifests (file servers, some proxies) say one of these.
        var declared = response.MediaType is null or "application/json" or "application/octet-stream" or "text/plain" ? own : response.MediaType;
        if (declared is null || !(MediaTypes.IsManifest(declared) || MediaTypes.IsIndex(declared)))
        {
            throw new HostException(
                ContentFailure.Corrupt,
                $"served '{Shorten(declared ?? response.MediaType ?? "no Content-Type")}', expected an image manifest or index (OCI, or Docker schema 2)");
        }

        return own is null || own == declared
            ? declared
            : throw new HostException(ContentFailure.Corrupt, $"served a document that calls itself '{Shorten(own)}' as '{declared}'");
    }

    /// <summary>The document's own type, without judging the rest: the bytes of evidence are judged by who reads them.</summary>
    private static string? OwnMediaType(ReadOnlySpan<byte> content)
    {
        try
        {
            var reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = OciLimits.MaxJsonDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isMediaType = reader.ValueTextEquals("mediaType"u8);
                reader.Read();
                if (isMediaType)
                {
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }

                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or not Unicode: it says nothing about itself, and the reader of the manifest says why it is refused.
            return null;
        }

        return null;
    }

    // Somebody else's text on its way to a terminal: printable ASCII only.
    private static string Shorten(string text) =>
        string.Concat(text.Take(OciLimits.MaxMediaTypeLength).Select(c => c is >= ' ' and <= '~' ? c : '?'));
}
