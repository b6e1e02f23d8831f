using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodeGate.Oci;

namespace NodeGate.Gate.Recording;

/// <summary>Writes recordings as JSON and reads them back. Equal recordings have equal bytes.</summary>
public static class RecordingCodec
{
    internal const string ApiVersion = "nodegate.dev/v1";
    internal const string Kind = "ContentRecording";

    // In files that people keep beside their policy: lines that can be compared, and media types with their '+'.
    private static readonly JsonWriterOptions Writing = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The recording as JSON in UTF-8, with a line end.</summary>
    public static byte[] Encode(ContentRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", ApiVersion);
            json.WriteString("kind", Kind);
            json.WriteString("image", recording.Image.ToString());
            json.WriteString("collectedAt", recording.CollectedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteStartArray("repositories");
            foreach (var (name, repository) in recording.Repositories)
            {
                Write(json, name, repository);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> writes and nothing else; content that does not have its digest is refused.</summary>
    /// <exception cref="FormatException">It is no recording; the message says where, what was found and what was expected.</exception>
    public static ContentRecording Decode(ReadOnlyMemory<byte> content) => RecordingReader.Read(content);

    private static void Write(Utf8JsonWriter json, string name, RepositoryRecording repository)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartArray("tags");
        foreach (var (tag, digest) in repository.Tags)
        {
            json.WriteStartObject();
            json.WriteString("tag", tag);
            json.WriteString("digest", digest?.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("manifests");
        foreach (var (digest, manifest) in Sorted(repository.Manifests))
        {
            json.WriteStartObject();
            json.WriteString("digest", digest);
            json.WriteString("mediaType", manifest.Descriptor.MediaType);
            json.WriteBase64String("content", manifest.Content.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("referrers");
        foreach (var (subject, referrers) in Sorted(repository.Referrers))
        {
            Write(json, subject, referrers);
        }

        json.WriteEndArray();
        json.WriteStartArray("blobs");
        foreach (var (digest, content) in Sorted(repository.Blobs))
        {
            json.WriteStartObject();
            json.WriteString("digest", digest);
            json.WriteBase64String("content", content.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string subject, ImmutableArray<Descriptor> referrers)
    {
        json.WriteStartObject();
        json.WriteString("subject", subject);
        json.WriteStartArray("list");
        foreach (var referrer in referrers)
        {
            json.WriteStartObject();
            json.WriteString("digest", referrer.Digest.ToString());
            json.WriteString("mediaType", referrer.MediaType);
            json.WriteNumber("size", referrer.Size);
            json.WriteString("artifactType", referrer.ArtifactType);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static IEnumerable<(string Digest, T Value)> Sorted<T>(ImmutableDictionary<Digest, T> parts) =>
        parts.Select(p => (p.Key.ToString(), p.Value)).OrderBy(p => p.Item1, StringComparer.Ordinal);
}
