using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace NodeGate.Testing.Sigstore.Services;

/// <summary>The API of the timestamp authority: the query of RFC 3161, and the JSON that the JavaScript client sends.</summary>
internal static class TimestampService
{
    /// <summary>RFC 3161 section 2.4.1.</summary>
    public static byte[] AnswerQuery(VirtualTsa authority, byte[] query, DateTimeOffset time)
    {
        var fields = new AsnReader(query, AsnEncodingRules.DER).ReadSequence();
        fields.ReadInteger();
        var imprint = fields.ReadSequence();
        var hash = HashOf(imprint.ReadSequence().ReadObjectIdentifier());
        var digest = imprint.ReadOctetString();
        BigInteger? nonce = null;
        var embed = false;
        while (fields.HasData)
        {
            var tag = fields.PeekTag();
            if (tag.HasSameClassAndValue(Asn1Tag.Integer))
            {
                nonce = fields.ReadInteger();
            }
            else if (tag.HasSameClassAndValue(Asn1Tag.Boolean))
            {
                embed = fields.ReadBoolean();
            }
            else
            {
                fields.ReadEncodedValue();
            }
        }

        return authority.StampImprint(digest, nonce, time, TimestampOptions.Default with { Hash = hash, EmbedCertificate = embed });
    }

    public static byte[] AnswerJson(VirtualTsa authority, JsonNode request, DateTimeOffset time)
    {
        var hash = new HashAlgorithmName(((string)request["hashAlgorithm"]!).ToUpperInvariant());
        var embed = (bool?)request["certificates"] ?? false;
        var options = TimestampOptions.Default with { Hash = hash, EmbedCertificate = embed };
        return authority.StampImprint(Convert.FromBase64String((string)request["artifactHash"]!), null, time, options);
    }

    private static HashAlgorithmName HashOf(string oid) => oid switch
    {
        Oids.Sha384 => HashAlgorithmName.SHA384,
        Oids.Sha512 => HashAlgorithmName.SHA512,
        _ => HashAlgorithmName.SHA256,
    };
}
