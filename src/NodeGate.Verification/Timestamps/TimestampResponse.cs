using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Timestamps;

/// <summary>A TimeStampResp (RFC 3161 section 2.4.2): what a timestamp authority answers, with the token in it.</summary>
internal static class TimestampResponse
{
    /// <summary>The token: a ContentInfo.</summary>
    /// <exception cref="EvidenceFormatException">It is not such a response, or the authority refused.</exception>
    public static ReadOnlyMemory<byte> ReadToken(ReadOnlyMemory<byte> response)
    {
        try
        {
            var outer = new AsnReader(response, AsnEncodingRules.DER);
            var fields = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var status = fields.ReadSequence().ReadInteger();
            // Granted, or granted with modifications.
            // check: timestamp-status
            if (status != BigInteger.Zero && status != BigInteger.One)
            {
                throw new EvidenceFormatException(
                    $"the authority did not grant the timestamp (status {status.ToString(CultureInfo.InvariantCulture)})");
            }

            var token = fields.ReadEncodedValue();
            fields.ThrowIfNotEmpty();
            return token;
        }
        catch (AsnContentException)
        {
            throw new EvidenceFormatException("the timestamp is not a TimeStampResp with a token, in strict DER");
        }
    }
}
