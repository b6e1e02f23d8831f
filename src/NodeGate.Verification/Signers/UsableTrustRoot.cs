using NodeGate.Oci;
using NodeGate.Verification.Steps;

namespace NodeGate.Verification.Signers;

/// <summary>Step <c>trustRoot</c>: there is one. Without, nothing can be said about the signature, which is not the same as a bad one.</summary>
internal static class UsableTrustRoot
{
    public static Finding<bool> Check(TrustRoot root)
    {
        // check: trust-root-usable
        if (root.Problem is not null)
        {
            return Finding.Fail<bool>(DecisionReason.TrustRootUnusable, root.Problem);
        }

        return Finding.Pass(true, root.Revision.ToString());
    }
}
