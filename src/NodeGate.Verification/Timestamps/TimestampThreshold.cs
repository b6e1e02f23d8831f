using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Timestamps;

/// <summary>Step <c>timestampThreshold</c>: enough authorities signed the time. An authority is one voice, however often it signed.</summary>
internal static class TimestampThreshold
{
    /// <param name="verified">The timestamps, all verified.</param>
    /// <param name="required">How many authorities are asked for; 0: none.</param>
    public static Finding<ImmutableArray<VerifiedTimestamp>> Check(ImmutableArray<VerifiedTimestamp> verified, int required)
    {
        var authorities = verified.Select(t => t.Authority.Uri).Distinct(StringComparer.Ordinal).ToList();
        var names = string.Join(", ", authorities.Take(4).Select(Shown.Text));
        // check: timestamp-threshold
        if (authorities.Count < required)
        {
            return Finding.Fail<ImmutableArray<VerifiedTimestamp>>(
                DecisionReason.TimestampInvalid,
                $"{required} timestamp {(required == 1 ? "authority has" : "authorities have")} to have signed the time; "
                    + (authorities.Count == 0 ? "the signature came with no timestamp" : $"only {names} did"));
        }

        return Finding.Pass(
            verified, authorities.Count == 0 ? "none, and none is asked for" : $"{authorities.Count} of {required} asked for: {names}");
    }
}
