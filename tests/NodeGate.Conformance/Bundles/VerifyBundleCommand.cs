using System.CommandLine;
using NodeGate.Verification;

namespace NodeGate.Conformance.Bundles;

/// <summary><c>verify-bundle</c> of the Sigstore conformance protocol (sigstore-conformance, docs/cli_protocol.md): exit 0 only when verified.</summary>
internal static class VerifyBundleCommand
{
    public static Command Create()
    {
        var bundle = new Option<FileInfo>("--bundle") { Required = true }.AcceptExistingOnly();
        var identity = new Option<string?>("--certificate-identity");
        var issuer = new Option<string?>("--certificate-oidc-issuer");
        var key = new Option<FileInfo>("--key").AcceptExistingOnly();
        var trustedRoot = new Option<FileInfo>("--trusted-root") { Description = "Default: the public-good instance that this build carries." }.AcceptExistingOnly();
        var artifact = new Argument<string>("FILE_OR_DIGEST");
        var command = new Command("verify-bundle", "Verify a Sigstore bundle over a file, or over something known as sha256:….")
        {
            bundle, identity, issuer, key, trustedRoot, artifact,
        };
        command.SetAction(parsed =>
        {
            var question = new BundleQuestion(
                parsed.GetRequiredValue(bundle),
                parsed.GetValue(identity),
                parsed.GetValue(issuer),
                parsed.GetValue(key),
                parsed.GetValue(trustedRoot),
                parsed.GetRequiredValue(artifact));
            if (question.TryAnswer(out var result) is { } problem)
            {
                parsed.InvocationConfiguration.Error.WriteLine(problem);
                return 64;
            }

            foreach (var step in result!.Steps)
            {
                parsed.InvocationConfiguration.Output.WriteLine($"{step.Outcome,-8} {step.Step}: {step.Detail}");
            }

            return result is VerifiedEvidence ? 0 : 1;
        });
        return command;
    }
}
