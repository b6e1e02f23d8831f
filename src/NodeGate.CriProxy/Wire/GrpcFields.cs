using System.Collections.Immutable;
using System.Globalization;
using NodeGate.CriProxy.Wire.Hpack;

namespace NodeGate.CriProxy.Wire;

/// <summary>The header blocks that NodeGate writes itself.</summary>
internal static class GrpcFields
{
    public static readonly HeaderField Status200 = HeaderField.Create(":status", "200");
    public static readonly HeaderField ContentType = HeaderField.Create("content-type", "application/grpc");
    public static readonly HeaderField Post = HeaderField.Create(":method", "POST");
    public static readonly HeaderField Http = HeaderField.Create(":scheme", "http");
    public static readonly HeaderField Localhost = HeaderField.Create(":authority", "localhost");
    public static readonly HeaderField TeTrailers = HeaderField.Create("te", "trailers");

    private static readonly byte[] GrpcMessageName = "grpc-message"u8.ToArray();

    private static readonly ImmutableArray<HeaderField> Statuses =
        [.. Enumerable.Range(0, 17).Select(code => HeaderField.Create("grpc-status", code.ToString(CultureInfo.InvariantCulture)))];

    public static HeaderField Status(GrpcStatusCode code) =>
        (int)code is >= 0 and < 17 ? Statuses[(int)code] : HeaderField.Create("grpc-status", ((int)code).ToString(CultureInfo.InvariantCulture));

    public static HeaderField Message(string message) => new(GrpcMessageName, GrpcMessageText.Encode(message), neverIndexed: false);

    /// <summary>The first block of a complete answer; for Trailers-Only the whole answer.</summary>
    public static HeaderField[] Leading(GrpcReply reply)
    {
        List<HeaderField> fields = [Status200, ContentType];
        Add(fields, reply.Headers);
        if (reply.TrailersOnly)
        {
            AddTrailers(fields, reply);
        }

        return [.. fields];
    }

    public static HeaderField[] Trailing(GrpcReply reply)
    {
        List<HeaderField> fields = [];
        AddTrailers(fields, reply);
        return [.. fields];
    }

    public static ImmutableArray<MetadataEntry> ToMetadata(ReadOnlySpan<HeaderField> fields)
    {
        var builder = ImmutableArray.CreateBuilder<MetadataEntry>(fields.Length);
        foreach (var field in fields)
        {
            if (!field.IsPseudo)
            {
                builder.Add(new MetadataEntry(field.NameText, field.ValueText));
            }
        }

        return builder.DrainToImmutable();
    }

    private static void Add(List<HeaderField> fields, ImmutableArray<MetadataEntry> entries)
    {
        foreach (var entry in entries)
        {
            fields.Add(HeaderField.Create(entry.Name, entry.Value));
        }
    }

    private static void AddTrailers(List<HeaderField> fields, GrpcReply reply)
    {
        fields.Add(Status(reply.Status));
        if (reply.EncodedStatusMessage is { } encoded)
        {
            fields.Add(new HeaderField(GrpcMessageName, encoded, neverIndexed: false));
        }
        else if (reply.StatusMessage is { } message)
        {
            fields.Add(Message(message));
        }

        Add(fields, reply.Trailers);
    }
}
