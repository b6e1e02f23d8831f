using NodeGate.Oci;

namespace NodeGate.Verification.Steps;

/// <summary>Step <c>format</c>: which formats count is the policy's choice, never a fallback from one to the other.</summary>
internal static class AcceptedFormat
{
    public static Finding<bool> Check(EvidenceKind kind, bool accepted)
    {
        // check: format-accepted
        if (!accepted)
        {
            return Finding.Fail<bool>(DecisionReason.NoSignature, $"the authority does not accept evidence of the format {kind.ToWord()}");
        }

        return Finding.Pass(true, kind.ToWord());
    }
}
