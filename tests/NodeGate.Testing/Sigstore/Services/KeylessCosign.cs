using NodeGate.Testing.RealParts;

namespace NodeGate.Testing.Sigstore.Services;

/// <summary>cosign 2.5 or 3.1 that signs keyless with the services of a <see cref="VirtualSigstoreServer"/>.</summary>
public sealed class KeylessCosign : IAsyncDisposable
{
    private readonly VirtualSigstoreServer _services;
    private readonly Cosign _cosign;
    private readonly IReadOnlyList<string> _arguments;

    /// <param name="major">2 or 3.</param>
    /// <param name="services">Where it gets certificates and log entries.</param>
    /// <param name="files">What it is told about them.</param>
    /// <param name="folder">Where its configuration is written.</param>
    public KeylessCosign(int major, VirtualSigstoreServer services, VirtualSigstoreFiles files, TestFolder folder)
    {
        _services = services;
        _cosign = Cosign.Version(major, environment: major == 2 ? files.CosignEnvironment : null);
        _arguments = major == 2
            ? ["--yes", "--fulcio-url", services.Url, "--rekor-url", services.Url]
            :
            [
                "--yes", "--trusted-root", files.TrustedRoot,
                "--signing-config", folder.Write("signing_config.json", services.SigningConfig(logVersion: 1, timestamp: true).ToJsonString()),
            ];
    }

    /// <summary>Signs repo@digest as the usual workflow, or as the person with the mail address.</summary>
    public async Task SignAsync(string reference, string? email = null) =>
        (await _cosign.RunAsync(["sign", .. _arguments, "--identity-token", _services.Token(email), reference])).EnsureSuccess();

    /// <summary>Attests repo@digest with a predicate file.</summary>
    public async Task AttestAsync(string reference, string type, string predicateFile, string? email = null) => (await _cosign.RunAsync(
        ["attest", .. _arguments, "--identity-token", _services.Token(email), "--predicate", predicateFile, "--type", type, reference])).EnsureSuccess();

    public ValueTask DisposeAsync() => _cosign.DisposeAsync();
}
