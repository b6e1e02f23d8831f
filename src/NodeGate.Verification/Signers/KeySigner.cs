using System.Collections.Immutable;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Signers;

/// <summary>A signature by a key that the authority names; where the policy asks, logged and timestamped, while the key was good.</summary>
internal static class KeySigner
{
    public static RejectedEvidence? Verify(VerificationTrace trace, SignatureMaterial material, KeyRequirement requirement, out SignerName signer)
    {
        signer = default;
        var signed = KeySignature.Check(requirement.Keys, material.Content.Signed, material.Content.Signature, material.KeyHint);
        if (trace.Take(StepNames.Signature, signed, out var key) is { } unsigned)
        {
            return unsigned;
        }

        ImmutableArray<DateTimeOffset> times = [];
        if (requirement.TransparencyLog is not { } log)
        {
            trace.Skip(StepNames.TransparencyLog, "the policy does not ask for it");
        }
        else
        {
            if (trace.Take(StepNames.TrustRoot, UsableTrustRoot.Check(log.TrustRoot), out _) is { } unusable)
            {
                return unusable;
            }

            if (TrustedTimes.Verify(trace, material, key!.Key, null, log.TrustRoot, log.Logs, log.Timestamps, out times) is { } unlogged)
            {
                return unlogged;
            }
        }

        if (trace.Take(StepNames.KeyValidity, CheckValidity(key!, times), out _) is { } expired)
        {
            return expired;
        }

        signer = SignerName.Of(key!.Key);
        return null;
    }

    /// <summary>A retired key's signatures count as of when they were made, which only a log or a timestamp authority can say (CVE-2026-54787).</summary>
    private static Finding<bool> CheckValidity(TrustedKey key, ImmutableArray<DateTimeOffset> times)
    {
        if (key.ValidFor == ValidityPeriod.Always)
        {
            return Finding.Pass(true, "the key has no validity period");
        }

        // check: key-validity-time
        if (times.IsEmpty)
        {
            return Finding.Fail<bool>(
                Oci.DecisionReason.TimestampInvalid,
                $"key {key.Key.Fingerprint} is good {key.ValidFor}, and no log or timestamp authority says when it signed");
        }

        var outside = times.Where(t => !key.ValidFor.Contains(t)).ToArray();
        // check: key-validity
        if (outside.Length > 0)
        {
            return Finding.Invalid<bool>($"key {key.Key.Fingerprint} is good {key.ValidFor}; it signed at {Shown.Time(outside[0])}");
        }

        return Finding.Pass(true, $"good {key.ValidFor}");
    }
}
