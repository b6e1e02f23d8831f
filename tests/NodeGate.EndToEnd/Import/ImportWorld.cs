using System.Text;
using System.Text.Json;
using NodeGate.EndToEnd.Sigstore;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Sigstore.Services;

namespace NodeGate.EndToEnd.Import;

/// <summary>
/// A registry with the images that imported policies are asked about, made when a test first asks. Repositories, each with the tag 1:
/// <c>team/</c> and <c>other/</c> have <c>signed-a</c>, <c>signed-b</c>, <c>signed-both</c> (cosign 2 with the keys A and B, no log) and
/// <c>unsigned</c>; <c>team/</c> has also <c>logged-a</c> (key A, in the log), <c>bundle-a</c> (key A, cosign 3), <c>annotated-a</c> (env=prod),
/// <c>attested-a</c> (signed and attested by A), <c>elsewhere-a</c> (its signature lies in <c>signatures/elsewhere-a</c>), <c>keyless</c>
/// (the usual workflow), <c>stranger</c> and <c>deep/signed-a</c>.
/// </summary>
public sealed class ImportWorld : IAsyncLifetime
{
    /// <summary>Somebody whom the Sigstore vouches for.</summary>
    internal const string Stranger = "stranger@virtual.test";

    private readonly Lazy<Task<Shared>> _shared = new(Shared.StartAsync);
    private int _files;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_shared.IsValueCreated)
        {
            await (await _shared.Value).DisposeAsync();
        }
    }

    /// <summary>Imports a document that is kept, and asks <c>nodegate verify</c> about each image that its list names.</summary>
    internal async Task AssertKeptAsync(ImportDocument document)
    {
        var (source, shared) = await WriteAsync(document);
        var policy = shared.World.Folder.At($"imported-{Interlocked.Increment(ref _files)}.yaml");
        var imported = await NodeGateCommand.RunAsync(["policy", "import", "--from", document.System, "--output", policy, source, .. document.Materials]);
        Assert.True(imported.ExitCode == 0, $"{document}: {imported}");
        foreach (var verdict in document.Verdicts)
        {
            var image = verdict.Image.StartsWith("//", StringComparison.Ordinal) ? verdict.Image[2..] : $"{shared.World.Registry.Host}/{verdict.Image}";
            string[] place = verdict.Namespace is { } name ? ["--namespace", name] : [];
            var verified = await NodeGateCommand.RunAsync(["verify", "--policy", policy, "--output", "json", .. place, image]);
            Assert.True(verified.StandardOutput.StartsWith('{'), $"{document}: {verified}");
            var decision = JsonElement.Parse(verified.StandardOutput).GetProperty("decision").GetString();
            Assert.True((verified.ExitCode, decision) == verdict.Expected, $"{document}: {verdict}: {verified}\n{await File.ReadAllTextAsync(policy)}");
        }
    }

    /// <summary>Imports a document that cannot be kept: nothing is written, and each reason is said with its line.</summary>
    internal async Task AssertRefusedAsync(ImportDocument document)
    {
        var (source, shared) = await WriteAsync(document);
        var policy = shared.World.Folder.At($"refused-{Interlocked.Increment(ref _files)}.yaml");

        var imported = await NodeGateCommand.RunAsync(["policy", "import", "--from", document.System, "--output", policy, source, .. document.Materials]);

        Assert.True(imported.ExitCode == 1, $"{document}: {imported}");
        Assert.False(File.Exists(policy));
        Assert.NotEmpty(document.Reasons);
        Assert.All(document.Reasons, reason => Assert.Contains(reason, imported.StandardError, StringComparison.Ordinal));
        Assert.Contains($"nodegate: {source}:", imported.StandardError, StringComparison.Ordinal);
    }

    /// <summary>Writes the document with the world's texts; {{NAME}} alone on its line keeps the indentation for each line of the text.</summary>
    private async Task<(string Source, Shared Shared)> WriteAsync(ImportDocument document)
    {
        var shared = await _shared.Value;
        var text = new StringBuilder();
        foreach (var line in document.Text.Split('\n'))
        {
            var indent = line[..^line.TrimStart(' ').Length];
            var block = shared.Texts.FirstOrDefault(t => line.TrimStart(' ') == "{{" + t.Key + "}}").Value;
            _ = text.Append(block is null
                ? shared.Texts.Aggregate(line, (l, t) => l.Replace("{{" + t.Key + "}}", t.Value, StringComparison.Ordinal)
                    .Replace("{{" + t.Key + ":base64}}", Convert.ToBase64String(Encoding.UTF8.GetBytes(t.Value)), StringComparison.Ordinal)
                    .Replace("{{" + t.Key + ":json}}", JsonEncodedText.Encode(t.Value).ToString(), StringComparison.Ordinal))
                : string.Join('\n', block.TrimEnd('\n').Split('\n').Select(l => indent + l))).Append('\n');
        }

        var name = $"{document.System}-{document.Name}-{Interlocked.Increment(ref _files)}{Path.GetExtension(document.FilePath)}";
        return (shared.World.Folder.Write(name, text.ToString()), shared);
    }

    private sealed record Shared(SigningWorld World, Cosign Cosign2, Cosign Cosign3, KeylessCosign Keyless, CosignKeyPair A, CosignKeyPair B)
    {
        /// <summary>What documents name in double braces.</summary>
        internal IReadOnlyDictionary<string, string> Texts { get; private init; } = new Dictionary<string, string>();

        internal static async Task<Shared> StartAsync()
        {
            var world = await SigningWorld.StartAsync();
            var cosign2 = Cosign.Version(2, environment: world.Files.CosignEnvironment);
            var cosign3 = Cosign.Version(3);
            var (a, b) = (await cosign2.GenerateKeyPairAsync("a"), await cosign2.GenerateKeyPairAsync("b"));
            var shared = new Shared(world, cosign2, cosign3, new KeylessCosign(2, world.Services, world.Files, world.Folder), a, b)
            {
                Texts = new Dictionary<string, string>
                {
                    ["registry"] = world.Registry.Host,
                    ["key-a"] = a.PublicKeyPem,
                    ["key-b"] = b.PublicKeyPem,
                    ["key-a-file"] = a.PublicKey,
                    ["key-b-file"] = b.PublicKey,
                    ["fulcio"] = await File.ReadAllTextAsync(world.Files.Fulcio),
                    ["fulcio-file"] = world.Files.Fulcio,
                    ["rekor"] = await File.ReadAllTextAsync(world.Files.Rekor),
                    ["rekor-file"] = world.Files.Rekor,
                    ["ctlog"] = await File.ReadAllTextAsync(world.Files.CtLog),
                    ["subject"] = Testing.Sigstore.VirtualSigstore.Subject,
                    ["issuer"] = Testing.Sigstore.VirtualSigstore.OidcIssuer,
                },
            };
            await shared.FillAsync();
            return shared;
        }

        internal async ValueTask DisposeAsync()
        {
            await Cosign2.DisposeAsync();
            await Cosign3.DisposeAsync();
            await Keyless.DisposeAsync();
            await World.DisposeAsync();
        }

        private async Task FillAsync()
        {
            foreach (var folder in new[] { "team", "other" })
            {
                _ = await AddAsync($"{folder}/unsigned");
                await Cosign2.SignAsync(await AddAsync($"{folder}/signed-a"), A);
                await Cosign2.SignAsync(await AddAsync($"{folder}/signed-b"), B);
                var both = await AddAsync($"{folder}/signed-both");
                await Cosign2.SignAsync(both, A);
                await Cosign2.SignAsync(both, B);
            }

            await Cosign2.SignAsync(await AddAsync("team/deep/signed-a"), A);
            await Cosign2.SignAsync(await AddAsync("team/annotated-a"), A, "-a", "env=prod");
            await Cosign3.SignAsync(await AddAsync("team/bundle-a"), A);
            (await Cosign2.RunAsync(
                ["sign", "--yes", "--key", A.PrivateKey, "--rekor-url", World.Services.Url, await AddAsync("team/logged-a")])).EnsureSuccess();
            await Keyless.SignAsync(await AddAsync("team/keyless"));
            await Keyless.SignAsync(await AddAsync("team/stranger"), Stranger);

            var attested = await AddAsync("team/attested-a");
            await Cosign2.SignAsync(attested, A);
            await Cosign2.AttestAsync(attested, A, World.Folder.Write("predicate.json", """{"buildType": "x"}"""), "https://slsa.dev/provenance/v1");

            var elsewhere = await AddAsync("team/elsewhere-a");
            await using var away = Cosign.Version(2, environment: new Dictionary<string, string?>(World.Files.CosignEnvironment)
            {
                ["COSIGN_REPOSITORY"] = $"{World.Registry.Host}/signatures/elsewhere-a",
            });
            await away.SignAsync(elsewhere, A);
        }

        /// <summary>An image of its own; its reference by digest.</summary>
        private async Task<string> AddAsync(string repository)
        {
            Descriptor image = await World.Registry.AddImageAsync(repository, "1", new ImageRecipe { Seed = repository });
            return $"{World.Registry.Host}/{repository}@{image.Digest}";
        }
    }
}
