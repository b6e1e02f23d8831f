using NodeGate.Verification;

namespace NodeGate.Policy;

/// <summary>What to change where evidence was refused at a step: the policy's side of it and the signer's, as a clause for the end of a sentence.</summary>
internal static class StepFix
{
    /// <param name="step">The step that failed.</param>
    /// <param name="authority">The authority that judged.</param>
    /// <param name="signing">How to sign for this authority: right wherever nothing else is wrong.</param>
    public static string For(string step, Authority authority, string signing) => step switch
    {
        StepNames.Identity => $"if this signer may sign for '{authority.Name}', add its issuer and subject to the identities, otherwise {signing}",
        StepNames.CertificateExtensions => $"sign it where the values of 'certificate' in '{authority.Name}' hold, or correct them",
        StepNames.CertificatePath =>
            $"check that '{authority.Name}' names the trustRoot of the Sigstore instance that signed, and that it was signed while the certificate was valid",
        StepNames.CertificateTransparency =>
            $"sign with a Fulcio whose certificates are in a log of the trustRoot of '{authority.Name}'; a trust root of a Fulcio without a log has no certificate logs",
        StepNames.LogThreshold => $"sign it with a transparency log of the trustRoot of '{authority.Name}' (cosign: without --tlog-upload=false)",
        StepNames.TrustedTime or StepNames.TimestampThreshold =>
            $"sign it with a timestamp authority of the trustRoot of '{authority.Name}' (cosign sign --timestamp-server-url URL)",
        StepNames.TimestampAuthority => $"add the timestamp authority to the trustRoot of '{authority.Name}', or sign with one that is there",
        StepNames.KeyValidity => $"sign it with a key of '{authority.Name}' that is still good, or correct the key's validFrom and validUntil",
        _ => signing,
    };
}
