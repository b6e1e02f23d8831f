using NodeGate.Fuzz.Engine;
using NodeGate.Oci;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Timestamps;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>RFC 3161 responses. Oracle: one that is verified is over what was stamped, at the time when it was stamped: a mutated time never counts.</summary>
internal sealed class TimestampTarget : IFuzzTarget
{
    public string Name => "timestamp";

    public IReadOnlyList<Type> Parsers => [typeof(TimestampResponse), typeof(TimestampToken), typeof(TimestampInfo), typeof(CmsSigner), typeof(CmsAlgorithm)];

    public IEnumerable<byte[]> Seeds => [];

    public string Check(byte[] input)
    {
        var trace = new VerificationTrace(new BundleEvidence(Digest.Of(input), input));
        if (TimestampVerifier.VerifyAll(trace, [input], World.Stamped, Trusted.TrustRoot, out var verified) is { } rejected)
        {
            FuzzFailure.UnlessEqual(DecisionReason.TimestampInvalid, rejected.Reason is DecisionReason.LimitExceeded ? DecisionReason.TimestampInvalid : rejected.Reason, "a timestamp is refused as one");
            return $"{rejected.Step} {Outcome.Shape(rejected.Detail)}";
        }

        if (verified.IsEmpty)
        {
            return "of a stranger";
        }

        FuzzFailure.UnlessEqual(VirtualSigstore.SigningTime, verified[0].Time, "a verified time is the one that was stamped");
        return "verified";
    }
}
