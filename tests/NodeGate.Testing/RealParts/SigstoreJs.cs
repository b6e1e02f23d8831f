using System.Globalization;

namespace NodeGate.Testing.RealParts;

/// <summary>The JavaScript implementation: tests/NodeGate.EndToEnd/js/sigstore.js on the npm package sigstore.</summary>
public static class SigstoreJs
{
    /// <summary>Exit code 0 is yes.</summary>
    public static Task<CommandResult> VerifyAsync(BundleCheck check) => RunAsync(["verify", .. Arguments(check)]);

    /// <summary>How many times a second it reads and verifies the same bundle on its one thread, warmed up.</summary>
    public static async Task<double> VerificationsPerSecondAsync(BundleCheck check, TimeSpan time)
    {
        string[] milliseconds = ["--milliseconds", time.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)];
        var result = await RunAsync(["bench", .. milliseconds, .. Arguments(check)]);
        return double.Parse(result.EnsureSuccess().Text, CultureInfo.InvariantCulture);
    }

    /// <summary>A bundle over the file, made with the services; see the head of sigstore.js for the arguments.</summary>
    public static async Task<string> SignAsync(string artifact, params IEnumerable<string> arguments) =>
        (await RunAsync(["sign", "--artifact", artifact, .. arguments])).EnsureSuccess().Text;

    private static IEnumerable<string> Arguments(BundleCheck check)
    {
        IEnumerable<string> key = check.KeyFile is null ? [] : ["--key", check.KeyFile];
        return
        [
            "--root", check.TrustedRoot, "--bundle", check.Bundle, "--artifact", check.Artifact,
            "--identity", check.Identity, "--issuer", check.Issuer, .. key,
        ];
    }

    private static Task<CommandResult> RunAsync(IEnumerable<string> arguments) => Command.RunAsync(
        Tools.OnPath("node") ?? throw new InvalidOperationException("missing: node"), [Path.Combine(GrpcJsClient.Folder, "sigstore.js"), .. arguments]);
}
