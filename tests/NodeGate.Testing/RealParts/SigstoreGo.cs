namespace NodeGate.Testing.RealParts;

/// <summary>sigstore-go's example program: the verifier that most others are measured by.</summary>
public static class SigstoreGo
{
    /// <summary>Exit code 0 is yes.</summary>
    public static Task<CommandResult> VerifyAsync(BundleCheck check)
    {
        IEnumerable<string> signer = check.KeyFile is null
            ? ["-expectedSAN", check.Identity, "-expectedIssuer", check.Issuer]
            : ["-publicKey", check.KeyFile, "-requireCTlog=false"];
        return Command.RunAsync(
            Tools.Path("sigstore-go-verification"), ["-trustedrootJSONpath", check.TrustedRoot, "-artifact", check.Artifact, .. signer, check.Bundle]);
    }
}
