using System.Collections.Immutable;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Logs;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Timestamps;

namespace NodeGate.Verification.Signers;

/// <summary>
/// What transparency logs and timestamp authorities say about one signature, and when it was made according to them (verification.md section
/// 2.2, steps 3 and 4). Everything that came with the signature is verified, also what is not needed: a forgery beside good evidence is
/// a forgery.
/// </summary>
internal static class TrustedTimes
{
    /// <param name="trace">Takes the steps.</param>
    /// <param name="material">The signature, which verified with <paramref name="key"/>.</param>
    /// <param name="key">The signer's key.</param>
    /// <param name="certificate">The signer's certificate, or null where a key signed.</param>
    /// <param name="root">Whom to trust.</param>
    /// <param name="logs">How many logs are needed.</param>
    /// <param name="timestamps">How many timestamp authorities are needed.</param>
    /// <param name="times">The signed times.</param>
    public static RejectedEvidence? Verify(
        VerificationTrace trace,
        SignatureMaterial material,
        PublicKey key,
        Certificate? certificate,
        TrustRoot root,
        int logs,
        int timestamps,
        out ImmutableArray<DateTimeOffset> times)
    {
        times = [];
        var logged = new LoggedSignature(material.Content, key, certificate, material.LegacyLayer);
        if (LogEntryVerifier.VerifyAll(trace, material.LogEntries, root, logged, logs, out var entries) is { } unlogged)
        {
            return unlogged;
        }

        if (TimestampVerifier.VerifyAll(trace, material.Timestamps, Stamped(material), root, out var stamps) is { } badStamp)
        {
            return badStamp;
        }

        if (trace.Take(StepNames.TimestampThreshold, TimestampThreshold.Check(stamps, timestamps), out _) is { } fewStamps)
        {
            return fewStamps;
        }

        times = [.. entries.Select(e => e.Time).OfType<DateTimeOffset>().Concat(stamps.Select(s => s.Time)).Distinct().Order()];
        return trace.Take(StepNames.TransparencyLog, LogPeriod.Check(entries, times), out _);
    }

    /// <summary>What authorities stamp: the signature; of a legacy attestation, whose signature is inside, the whole layer.</summary>
    private static ReadOnlyMemory<byte> Stamped(SignatureMaterial material) =>
        material is { LegacyLayer: { } layer, Content.Kind: ContentKind.Envelope } ? layer : material.Content.Signature;
}
