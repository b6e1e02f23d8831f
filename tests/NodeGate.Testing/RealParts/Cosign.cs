namespace NodeGate.Testing.RealParts;

/// <summary>cosign 2.5 (writes <c>sha256-….sig</c>) or 3.1 (writes bundles as referrers), with a home of its own and no services of the world.</summary>
public sealed class Cosign : IAsyncDisposable
{
    private readonly TestFolder _home = TestFolder.Create();
    private readonly int _major;

    private Cosign(int major) => _major = major;

    /// <summary>For a registry that wants credentials: the folder of a docker config.json.</summary>
    public string? DockerConfig { get; init; }

    /// <summary>More environment, for what cosign 2 takes from nowhere else: the keys of a private Sigstore.</summary>
    public required IReadOnlyDictionary<string, string?> Environment { get; init; }

    /// <summary>2 or 3.</summary>
    public static Cosign Version(int major, string? dockerConfig = null, IReadOnlyDictionary<string, string?>? environment = null) =>
        new(major) { DockerConfig = dockerConfig, Environment = environment ?? new Dictionary<string, string?>() };

    /// <summary>ECDSA P-256, as cosign makes them; in the given folder as NAME.key and NAME.pub, or in cosign's own.</summary>
    public async Task<CosignKeyPair> GenerateKeyPairAsync(string name = "cosign", string? folder = null)
    {
        var prefix = Path.Combine(folder ?? _home.Path, name);
        (await RunAsync("generate-key-pair", "--output-key-prefix", prefix)).EnsureSuccess();
        return new CosignKeyPair(prefix + ".key", prefix + ".pub");
    }

    /// <summary>Takes a PEM private key of another kind (RSA, P-384, Ed25519) for signing.</summary>
    public async Task<CosignKeyPair> ImportKeyPairAsync(string pemFile, string name)
    {
        var prefix = _home.At(name);
        (await RunAsync("import-key-pair", "--key", pemFile, "--output-key-prefix", prefix)).EnsureSuccess();
        return new CosignKeyPair(prefix + ".key", prefix + ".pub");
    }

    /// <summary>Signs repo@digest. More arguments: <c>-a</c>, <c>env=prod</c>, …</summary>
    public async Task<CommandResult> SignAsync(string reference, CosignKeyPair key, params IEnumerable<string> arguments) =>
        (await RunAsync(["sign", "--yes", "--key", key.PrivateKey, .. NoServices, .. arguments, reference])).EnsureSuccess();

    /// <summary>Attests repo@digest with a predicate file; <paramref name="type"/> as cosign names it (<c>slsaprovenance1</c>, a URI, …).</summary>
    public async Task<CommandResult> AttestAsync(string reference, CosignKeyPair key, string predicateFile, string type, params IEnumerable<string> arguments) =>
        (await RunAsync(["attest", "--yes", "--key", key.PrivateKey, "--predicate", predicateFile, "--type", type, .. NoServices, .. arguments, reference])).EnsureSuccess();

    /// <summary>What cosign itself thinks; exit code 0 is yes.</summary>
    public Task<CommandResult> VerifyAsync(string reference, CosignKeyPair key, params IEnumerable<string> arguments) =>
        RunAsync(["verify", "--key", key.PublicKey, "--insecure-ignore-tlog=true", .. arguments, reference]);

    /// <summary>What cosign thinks of a bundle about a file: <c>verify-blob</c>, or <c>verify-blob-attestation</c> for an envelope.</summary>
    public Task<CommandResult> VerifyBundleAsync(BundleCheck check, bool attestation, params IEnumerable<string> arguments)
    {
        IEnumerable<string> signer = check.KeyFile is null
            ? ["--certificate-identity", check.Identity, "--certificate-oidc-issuer", check.Issuer]
            : ["--key", check.KeyFile];
        return RunAsync(
        [
            attestation ? "verify-blob-attestation" : "verify-blob", "--bundle", check.Bundle, "--trusted-root", check.TrustedRoot,
            .. signer, .. arguments, check.Artifact,
        ]);
    }

    public Task<CommandResult> RunAsync(params IEnumerable<string> arguments) => Command.RunAsync(
        Tools.Path("cosign-" + _major),
        arguments,
        new Dictionary<string, string?>(Environment)
        {
            ["HOME"] = _home.Path,
            ["TUF_ROOT"] = _home.At("tuf"),
            ["DOCKER_CONFIG"] = DockerConfig ?? _home.At("docker"),
            ["COSIGN_PASSWORD"] = "",
        },
        _home.Path);

    public ValueTask DisposeAsync() => _home.DisposeAsync();

    private string[] NoServices => _major >= 3 ? ["--use-signing-config=false", "--tlog-upload=false"] : ["--tlog-upload=false"];
}
