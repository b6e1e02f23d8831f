using System.Text;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Timestamps;

/// <summary>The timestamp of a legacy signature: the annotation <c>dev.sigstore.cosign/rfc3161timestamp</c> (verification.md section 1.1).</summary>
internal static class LegacyTimestamp
{
    /// <summary>The TimeStampResp in DER.</summary>
    /// <exception cref="EvidenceFormatException">It is not such a timestamp.</exception>
    public static byte[] Read(string annotation)
    {
        var timestamp = StrictJson.Parse(Encoding.UTF8.GetBytes(annotation));
        // check: legacy-timestamp-members
        timestamp.Only("SignedRFC3161Timestamp");
        return timestamp.Required("SignedRFC3161Timestamp").Bytes(VerificationLimits.MaxTimestampBytes);
    }
}
