using System.Security.Cryptography;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Sigstore;

namespace NodeGate.EndToEnd.Conformance;

/// <summary><c>verify-bundle</c>: 0 for verified, 1 for not, 64 for a question that cannot be asked. run-conformance.sh counts on the difference.</summary>
[Trait("Category", "Conformance")]
public sealed class BundleClientTests
{
    [Theory]
    [InlineData(VirtualSigstore.Subject, 0)]
    [InlineData("https://github.com/nodegate/other", 1)]
    public async Task VerifyBundle_ByFileAndByDigest_ExitsByTheAnswer(string identity, int expected)
    {
        var content = "artifact"u8.ToArray();
        await using var folder = TestFolder.Create();
        await File.WriteAllBytesAsync(folder.At("artifact"), content);

        foreach (var artifact in new[] { folder.At("artifact"), "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content)) })
        {
            var result = await ConformanceClient.RunAsync(
                "verify-bundle", "--bundle", folder.Write("bundle.json", VirtualSigstore.Default.Message(content).ToJsonString()),
                "--certificate-identity", identity, "--certificate-oidc-issuer", VirtualSigstore.OidcIssuer,
                "--trusted-root", folder.Write("trusted_root.json", VirtualSigstore.Default.TrustedRoot().ToJsonString()), artifact);
            Assert.True(result.ExitCode == expected, result.ToString());
        }
    }

    [Theory]
    [InlineData("--bundle' is required", "--key", "{file}", "{file}")]
    [InlineData("does not exist", "--bundle", "/nonexistent", "--key", "{file}", "{file}")]
    [InlineData("--certificate-identity", "--bundle", "{file}", "{file}")]
    [InlineData("--certificate-oidc-issuer", "--bundle", "{file}", "--certificate-identity", "somebody", "{file}")]
    [InlineData("{file}: ", "--bundle", "{file}", "--key", "{file}", "--trusted-root", "{file}", "{file}")]
    [InlineData("'--unknown'", "--bundle", "{file}", "--key", "{file}", "{file}", "--unknown")]
    public async Task VerifyBundle_BadArguments_Exits64AndSaysWhich(string expected, params string[] arguments)
    {
        await using var folder = TestFolder.Create();
        var file = folder.Write("file", "neither a bundle nor a key");

        var result = await ConformanceClient.RunAsync(
            ["verify-bundle", .. arguments.Select(argument => argument.Replace("{file}", file, StringComparison.Ordinal))]);

        Assert.True(result.ExitCode == 64, result.ToString());
        Assert.Contains(expected.Replace("{file}", file, StringComparison.Ordinal), result.StandardError, StringComparison.Ordinal);
    }
}
