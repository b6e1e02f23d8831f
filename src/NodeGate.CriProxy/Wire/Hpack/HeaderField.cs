using System.Text;

namespace NodeGate.CriProxy.Wire.Hpack;

/// <summary>
/// One immutable header field. Instances are shared: what a peer's HPACK table holds is one object for the life of the entry,
/// so that everything derived from the bytes (kind, validity, text, hash) is computed once and a relayed call allocates none.
/// </summary>
internal sealed class HeaderField : IEquatable<HeaderField>
{
    /// <summary>What RFC 7541 section 4.1 adds to name and value for each entry.</summary>
    public const int Overhead = 32;

    private string? _valueText;

    public HeaderField(byte[] name, byte[] value, bool neverIndexed)
    {
        Name = name;
        Value = value;
        NeverIndexed = neverIndexed;
        Hash = ComputeHash(name, value, neverIndexed);
        Kind = Classify(name);
        IsMalformed = !IsValidName(name) || !IsValidValue(value);
        (StaticIndex, StaticNameIndex) = HpackStaticTable.Find(name, value);
    }

    public byte[] Name { get; }

    public byte[] Value { get; }

    /// <summary>The sender marked it sensitive (RFC 7541 section 7.1.3); an intermediary must keep the mark.</summary>
    public bool NeverIndexed { get; }

    public int Hash { get; }

    public HeaderKind Kind { get; }

    /// <summary>The name or the value holds bytes that RFC 9113 section 8.2.1 forbids.</summary>
    public bool IsMalformed { get; }

    /// <summary>The index in the static table of this very field, or 0.</summary>
    public int StaticIndex { get; }

    /// <summary>The lowest index in the static table with this name, or 0.</summary>
    public int StaticNameIndex { get; }

    public int Size => Name.Length + Value.Length + Overhead;

    public bool IsPseudo => Name.Length > 0 && Name[0] == (byte)':';

    /// <summary>The name, one char for each byte.</summary>
    public string NameText => Encoding.Latin1.GetString(Name);

    /// <summary>The value, one char for each byte, so that it can be turned back without loss.</summary>
    public string ValueText => _valueText ??= Encoding.Latin1.GetString(Value);

    public static HeaderField Create(string name, string value) => new(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value), neverIndexed: false);

    public static int ComputeHash(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool neverIndexed)
    {
        var hash = neverIndexed ? 2_166_136_261u ^ 1u : 2_166_136_261u;
        foreach (var b in name)
        {
            hash = (hash ^ b) * 16_777_619u;
        }

        hash = (hash ^ 0xFFu) * 16_777_619u;
        foreach (var b in value)
        {
            hash = (hash ^ b) * 16_777_619u;
        }

        return (int)(hash ^ (hash >> 15));
    }

    public bool Equals(HeaderField? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Hash == other.Hash && NeverIndexed == other.NeverIndexed
            && Name.AsSpan().SequenceEqual(other.Name) && Value.AsSpan().SequenceEqual(other.Value));

    public override bool Equals(object? obj) => Equals(obj as HeaderField);

    public override int GetHashCode() => Hash;

    public override string ToString() => $"{NameText}: {(NeverIndexed ? "(sensitive)" : ValueText)}";

    private static HeaderKind Classify(ReadOnlySpan<byte> name)
    {
        if (name.Length > 0 && name[0] == (byte)':')
        {
            return name.SequenceEqual(":method"u8) ? HeaderKind.Method
                : name.SequenceEqual(":scheme"u8) ? HeaderKind.Scheme
                : name.SequenceEqual(":authority"u8) ? HeaderKind.Authority
                : name.SequenceEqual(":path"u8) ? HeaderKind.Path
                : name.SequenceEqual(":status"u8) ? HeaderKind.Status
                : HeaderKind.UnknownPseudo;
        }

        if (name.SequenceEqual("content-type"u8))
        {
            return HeaderKind.ContentType;
        }

        if (name.SequenceEqual("te"u8))
        {
            return HeaderKind.Te;
        }

        if (name.SequenceEqual("grpc-timeout"u8))
        {
            return HeaderKind.GrpcTimeout;
        }

        if (name.SequenceEqual("grpc-status"u8))
        {
            return HeaderKind.GrpcStatus;
        }

        if (name.SequenceEqual("grpc-message"u8))
        {
            return HeaderKind.GrpcMessage;
        }

        if (name.SequenceEqual("connection"u8) || name.SequenceEqual("proxy-connection"u8) || name.SequenceEqual("keep-alive"u8)
            || name.SequenceEqual("transfer-encoding"u8) || name.SequenceEqual("upgrade"u8))
        {
            return HeaderKind.ConnectionSpecific;
        }

        return name.SequenceEqual("traceparent"u8) || name.SequenceEqual("tracestate"u8) || name.SequenceEqual("baggage"u8)
            || name.SequenceEqual("grpc-trace-bin"u8) || name.SequenceEqual("grpc-status-details-bin"u8)
            || name.SequenceEqual("content-length"u8) || name.SequenceEqual("date"u8)
            ? HeaderKind.Volatile
            : HeaderKind.Other;
    }

    private static bool IsValidName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return false;
        }

        var rest = name[0] == (byte)':' ? name[1..] : name;
        foreach (var b in rest)
        {
            if (b is <= 0x20 or (>= (byte)'A' and <= (byte)'Z') or (byte)':' or >= 0x7F)
            {
                return false;
            }
        }

        return !rest.IsEmpty;
    }

    private static bool IsValidValue(ReadOnlySpan<byte> value) => value.IndexOfAny((byte)0, (byte)'\r', (byte)'\n') < 0;
}
