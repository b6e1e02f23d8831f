using System.Collections.Immutable;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Signing;

namespace NodeGate.Benchmarks.Decisions;

/// <summary>The key that signs, nine that do not, the policy that knows them, and images signed by the real cosign.</summary>
internal sealed class Signer : IAsyncDisposable
{
    internal const int ManyKeys = 10;
    private readonly TestFolder _folder;
    private readonly Cosign _cosign2 = Cosign.Version(2);
    private readonly string _registry;
    private int _images;

    private Signer(TestFolder folder, Cosign cosign3, CosignKeyPair key, string registry)
    {
        _folder = folder;
        Cosign3 = cosign3;
        Key = key;
        _registry = registry;
        Policy = WritePolicy();
    }

    internal Cosign Cosign3 { get; }

    internal CosignKeyPair Key { get; }

    /// <summary>Repositories below one/ must be signed by one authority; below ten/ by any of ten, of which the last is the signer.</summary>
    internal string Policy { get; }

    internal string PolicyFile => _folder.At("policy.yaml");

    internal static async Task<Signer> CreateAsync(string registry)
    {
        var folder = TestFolder.Create();
        var cosign3 = Cosign.Version(3);
        return new Signer(folder, cosign3, await cosign3.GenerateKeyPairAsync("signer", folder.Path), registry);
    }

    /// <summary>Pushes a new image and signs it.</summary>
    internal async Task<SignedImage> ImageAsync(SignatureFormat format, int keys)
    {
        var number = Interlocked.Increment(ref _images);
        var repository = $"{_registry}/{(keys == 1 ? "one" : "ten")}/{format.ToString().ToLowerInvariant()}-{number}";
        var digest = await Crane.MakeBusyboxImageAsync($"{repository}:{SignedImage.Tag}");
        var image = new SignedImage(repository, digest);
        await (format == SignatureFormat.Legacy ? _cosign2 : Cosign3).SignAsync(image.ByDigest, Key);
        return image;
    }

    internal async Task<ImmutableArray<SignedImage>> ImagesAsync(SignatureFormat format, int keys, int count)
    {
        var images = ImmutableArray.CreateBuilder<SignedImage>(count);
        while (images.Count < count)
        {
            images.Add(await ImageAsync(format, keys));
        }

        return images.ToImmutable();
    }

    public async ValueTask DisposeAsync()
    {
        await _cosign2.DisposeAsync();
        await Cosign3.DisposeAsync();
        await _folder.DisposeAsync();
    }

    private string WritePolicy()
    {
        var authorities = Enumerable.Range(1, ManyKeys)
            .Select(number => (Name: $"key-{number}", File: number == ManyKeys ? Key.PublicKey : Stranger(number)))
            .ToArray();
        var named = authorities.Select(authority => $"  - {{ name: {authority.Name}, cosign: {{ keys: [{{ file: {authority.File} }}] }} }}");
        var policy = $$"""
            apiVersion: nodegate.dev/v1
            kind: ImagePolicy
            metadata: {name: bench}
            mode: enforce
            unmatched: deny
            authorities:
            {{string.Join('\n', named)}}
            rules:
              - {name: one, images: ["{{_registry}}/one/**"], require: {anyOf: [key-{{ManyKeys}}]} }
              - {name: ten, images: ["{{_registry}}/ten/**"], require: {anyOf: [{{string.Join(", ", authorities.Select(authority => authority.Name))}}]} }
            """;
        return File.ReadAllText(_folder.Write("policy.yaml", policy));
    }

    private string Stranger(int number)
    {
        using var key = SigningKey.Create();
        return _folder.Write($"stranger-{number}.pub", key.PublicPem);
    }
}
