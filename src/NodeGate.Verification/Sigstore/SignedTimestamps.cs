using System.Collections.Immutable;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Sigstore;

/// <summary>The signed timestamps of a bundle (TimestampVerificationData), read and not verified.</summary>
internal static class SignedTimestamps
{
    /// <exception cref="EvidenceFormatException">They are not of the format.</exception>
    public static ImmutableArray<byte[]> ReadAll(StrictNode material)
    {
        if (material.Optional("timestampVerificationData") is not { } data)
        {
            return [];
        }

        // check: timestamp-members
        data.Only("rfc3161Timestamps");
        return [.. (data.Optional("rfc3161Timestamps")?.Items(VerificationLimits.MaxTimestamps) ?? []).Select(Read)];
    }

    private static byte[] Read(StrictNode timestamp)
    {
        timestamp.Only("signedTimestamp");
        return timestamp.Required("signedTimestamp").Bytes(VerificationLimits.MaxTimestampBytes);
    }
}
