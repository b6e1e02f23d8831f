using NodeGate.Oci;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Attestations;

/// <summary>
/// Step <c>predicateType</c>: a signature is asked for and this is one, or an attestation of just this type. cosign does not look, so that any
/// attestation by an accepted signer (a scan that found the image bad, say) would count as a signature; here it is simply none.
/// </summary>
internal static class PredicateKind
{
    /// <summary>The predicate type of a cosign signature.</summary>
    public const string CosignSignature = "https://sigstore.dev/cosign/sign/v1";

    /// <param name="found">The statement's predicate type.</param>
    /// <param name="wanted">The type of attestation that is asked for, or null for a signature.</param>
    public static Finding<bool> Check(string found, string? wanted)
    {
        // check: predicate-type
        if (wanted is null && found != CosignSignature)
        {
            return Finding.Fail<bool>(
                DecisionReason.NoSignature, $"the statement is an attestation of type {Shown.Text(found)}, not a signature ('{CosignSignature}')");
        }

        // check: predicate-type-wanted
        if (wanted is not null && found != wanted)
        {
            return Finding.Fail<bool>(
                DecisionReason.AttestationInvalid, $"the statement's predicate type is {Shown.Text(found)}; expected {Shown.Text(wanted)}");
        }

        return Finding.Pass(true, found);
    }

    /// <summary>The same of a signature that is not over a statement, and so can be no attestation.</summary>
    public static Finding<bool> CheckPlain(string? wanted)
    {
        // check: predicate-none
        if (wanted is not null)
        {
            return Finding.Fail<bool>(DecisionReason.AttestationInvalid, $"a signature without a statement; expected an attestation of type {Shown.Text(wanted)}");
        }

        return Finding.Pass(true, "a signature");
    }
}
