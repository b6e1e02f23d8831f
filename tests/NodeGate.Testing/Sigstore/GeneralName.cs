using System.Text;

namespace NodeGate.Testing.Sigstore;

/// <summary>The kinds of names in a subject alternative name (RFC 5280 section 4.2.1.6), in DER.</summary>
public static class GeneralName
{
    public static byte[] Email(string value) => Der.ContextPrimitive(1, Encoding.UTF8.GetBytes(value));

    public static byte[] Dns(string value) => Der.ContextPrimitive(2, Encoding.UTF8.GetBytes(value));

    public static byte[] Uri(string value) => Der.ContextPrimitive(6, Encoding.UTF8.GetBytes(value));

    /// <summary>Fulcio's user names: <c>[0]{ OID, [0] EXPLICIT UTF8String }</c>.</summary>
    public static byte[] Other(string value) => Other(Der.Utf8(value));

    /// <summary>An otherName with any value, and any type.</summary>
    public static byte[] Other(byte[] value, string oid = Oids.FulcioOtherName) => Der.Context(0, Der.Oid(oid), Der.Context(0, value));
}
