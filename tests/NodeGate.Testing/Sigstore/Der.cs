using System.Formats.Asn1;
using System.Numerics;
using System.Text;

namespace NodeGate.Testing.Sigstore;

/// <summary>DER, one value at a time: what faults need cannot be had from an API that makes only correct certificates.</summary>
public static class Der
{
    public static byte[] Null => Write(w => w.WriteNull());

    public static byte[] Sequence(params ReadOnlySpan<byte[]> values)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteAll(writer, values);
        }

        return writer.Encode();
    }

    /// <summary>SET OF: DER sorts the values.</summary>
    public static byte[] Set(params ReadOnlySpan<byte[]> values)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSetOf())
        {
            WriteAll(writer, values);
        }

        return writer.Encode();
    }

    /// <summary>A constructed context-specific tag around the values: EXPLICIT, or IMPLICIT for what is a SEQUENCE or SET.</summary>
    public static byte[] Context(int number, params ReadOnlySpan<byte[]> values)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, number, isConstructed: true);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence(tag))
        {
            WriteAll(writer, values);
        }

        return writer.Encode();
    }

    /// <summary>A primitive context-specific tag: IMPLICIT for strings.</summary>
    public static byte[] ContextPrimitive(int number, ReadOnlySpan<byte> content)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(content, new Asn1Tag(TagClass.ContextSpecific, number));
        return writer.Encode();
    }

    public static byte[] Oid(string value) => Write(w => w.WriteObjectIdentifier(value));

    public static byte[] Integer(BigInteger value) => Write(w => w.WriteInteger(value));

    public static byte[] Boolean(bool value) => Write(w => w.WriteBoolean(value));

    public static byte[] OctetString(byte[] value) => Write(w => w.WriteOctetString(value));

    public static byte[] BitString(byte[] value, int unusedBits = 0) => Write(w => w.WriteBitString(value, unusedBits));

    public static byte[] Utf8(string value) => Utf8(Encoding.UTF8.GetBytes(value));

    /// <summary>A UTF8String with any bytes, NUL and broken UTF-8 included.</summary>
    public static byte[] Utf8(byte[] value) => [(byte)UniversalTagNumber.UTF8String, .. OctetString(value)[1..]];

    public static byte[] GeneralizedTime(DateTimeOffset value) => Write(w => w.WriteGeneralizedTime(value, omitFractionalSeconds: true));

    /// <summary>RFC 5280 section 4.1.2.5: UTCTime until 2049.</summary>
    public static byte[] Time(DateTimeOffset value) => value.Year < 2050 ? Write(w => w.WriteUtcTime(value)) : GeneralizedTime(value);

    /// <summary>A distinguished name with one attribute in each RDN.</summary>
    public static byte[] Name(params ReadOnlySpan<(string Oid, string Value)> attributes)
    {
        var names = new byte[attributes.Length][];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Set(Sequence(Oid(attributes[i].Oid), Utf8(attributes[i].Value)));
        }

        return Sequence(names);
    }

    private static byte[] Write(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }

    private static void WriteAll(AsnWriter writer, ReadOnlySpan<byte[]> values)
    {
        foreach (var value in values)
        {
            writer.WriteEncodedValue(value);
        }
    }
}
