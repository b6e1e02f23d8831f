using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodeGate.Oci;

namespace NodeGate.Gate.State;

/// <summary>
/// The journal's lines: a checksum (the first 64 bits of the SHA-256, against accidents, not against root), a blank, a JSON object.
/// The first line names the format.
/// </summary>
internal static class JournalCodec
{
    private const int ChecksumLength = 16;
    private const string Header = """{"format":"nodegate-ledger","version":1}""";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    internal static byte[] EncodeHeader() => Seal(Encoding.UTF8.GetBytes(Header));

    internal static byte[] Encode(Admission admission) => Encode(json =>
    {
        json.WriteString("type", "admitted");
        json.WriteNumber("at", admission.AdmittedAt.ToUnixTimeMilliseconds());
        json.WriteString("repository", admission.Key.Repository);
        json.WriteString("digest", admission.Key.Digest.ToString());
        json.WriteString("rule", admission.Key.Rule);
        json.WriteString("policy", admission.Key.PolicyRevision);
        json.WriteString("trust", admission.Key.TrustRevision);
        if (admission.Key.Tag is { } tag)
        {
            json.WriteString("tag", tag);
        }

        json.WriteStartArray("signers");
        foreach (var signer in admission.Signers.Take(LedgerLimits.MaxSigners))
        {
            json.WriteStringValue(signer.AsSpan(0, Math.Min(signer.Length, LedgerLimits.MaxSignerLength)));
        }

        json.WriteEndArray();
    });

    internal static byte[] Encode(PulledImage pulled) => Encode(json =>
    {
        json.WriteString("type", "pulled");
        json.WriteNumber("at", pulled.PulledAt.ToUnixTimeMilliseconds());
        json.WriteString("reference", pulled.Reference);
        json.WriteString("id", pulled.ImageId);
        json.WriteString("digest", pulled.Digest?.ToString());
    });

    internal static byte[] Encode(ShownImage shown) => Encode(json =>
    {
        json.WriteString("type", "shown");
        json.WriteNumber("at", shown.ShownAt.ToUnixTimeMilliseconds());
        json.WriteString("reference", shown.Asked);
        json.WriteString("id", shown.ImageId);
    });

    internal static byte[] Encode(KnownIndex index) => Encode(json =>
    {
        json.WriteString("type", "index");
        json.WriteNumber("at", index.KnownAt.ToUnixTimeMilliseconds());
        json.WriteString("repository", index.Repository);
        json.WriteString("digest", index.Digest.ToString());
        json.WriteStartArray("children");
        foreach (var child in index.Children.Take(LedgerLimits.MaxIndexChildren))
        {
            json.WriteStringValue(child.ToString());
        }

        json.WriteEndArray();
        json.WriteString("own", index.Own?.ToString());
    });

    /// <summary>Reads one line: an <see cref="Admission"/>, a <see cref="PulledImage"/>, a <see cref="ShownImage"/>, a <see cref="KnownIndex"/> or the header text; null when it is none.</summary>
    internal static object? Decode(ReadOnlyMemory<byte> line)
    {
        if (line.Length <= ChecksumLength + 1 || line.Span[ChecksumLength] != ' ')
        {
            return null;
        }

        var json = line[(ChecksumLength + 1)..];
        if (!line.Span[..ChecksumLength].SequenceEqual(Checksum(json.Span)))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return Read(document.RootElement, json);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            // A sealed line that is not one of ours: as damaged as one with a wrong checksum.
            return null;
        }
    }

    private static object? Read(JsonElement record, ReadOnlyMemory<byte> json)
    {
        if (!record.TryGetProperty("type", out var type))
        {
            return json.Span.SequenceEqual(Encoding.UTF8.GetBytes(Header)) ? Header : null;
        }

        var at = DateTimeOffset.FromUnixTimeMilliseconds(record.GetProperty("at").GetInt64());
        return type.GetString() switch
        {
            "admitted" => new Admission(
                new AdmissionKey(
                    Text(record, "repository"), Digest.Parse(Text(record, "digest")), Text(record, "rule"), Text(record, "policy"), Text(record, "trust"))
                {
                    Tag = record.TryGetProperty("tag", out var tag) ? tag.GetString() : null,
                },
                at,
                [.. record.GetProperty("signers").EnumerateArray().Take(LedgerLimits.MaxSigners).Select(s => s.GetString() ?? "")]),
            "pulled" => new PulledImage(
                Text(record, "reference"), Text(record, "id"), record.GetProperty("digest").GetString() is { } digest ? Digest.Parse(digest) : null, at),
            "index" => new KnownIndex(
                Text(record, "repository"),
                Digest.Parse(Text(record, "digest")),
                [.. record.GetProperty("children").EnumerateArray().Take(LedgerLimits.MaxIndexChildren).Select(c => Digest.Parse(c.GetString() ?? ""))],
                record.GetProperty("own").GetString() is { } own ? Digest.Parse(own) : null,
                at),
            "shown" => new ShownImage(Text(record, "reference"), Text(record, "id"), at),
            _ => null,
        };
    }

    private static string Text(JsonElement record, string name) => record.GetProperty(name).GetString() ?? throw new FormatException();

    private static byte[] Encode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Seal(buffer.WrittenSpan);
    }

    private static byte[] Seal(ReadOnlySpan<byte> json) => [.. Checksum(json), (byte)' ', .. json, (byte)'\n'];

    private static byte[] Checksum(ReadOnlySpan<byte> json) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, ChecksumLength / 2)));
}
