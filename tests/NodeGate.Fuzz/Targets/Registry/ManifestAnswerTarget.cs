using System.Net;
using NodeGate.Fuzz.Engine;
using NodeGate.Oci;
using NodeGate.Registry;
using NodeGate.Registry.Http;

namespace NodeGate.Fuzz.Targets.Registry;

/// <summary>The answer to a manifest's request. Oracles: only HostException is thrown; the digest is that of the bytes; whatever digest was asked for is the one that came.</summary>
internal sealed class ManifestAnswerTarget : IFuzzTarget
{
    private static readonly Uri Address = new("https://registry.example/v2/a/manifests/b");

    public string Name => "manifest-answer";

    public IReadOnlyList<Type> Parsers => [typeof(ManifestAnswer)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"a/b","digest":"sha256:{{new string('a', 64)}}","size":1},"layers":[]}""",
        $$"""{"schemaVersion":2,"annotations":{"mediaType":"x"},"mediaType":"{{MediaTypes.OciIndex}}","manifests":[]}""");

    public string Check(byte[] input)
    {
        var digest = Digest.Of(input);
        string?[] types = [null, MediaTypes.OciManifest, "application/json"];
        return string.Join(" | ", types.Select(type => Read(new RegistryResponse(HttpStatusCode.OK, Address, type, digest.ToString(), [], input), digest)).Distinct());
    }

    private static string Read(RegistryResponse response, Digest digest)
    {
        try
        {
            var manifest = ManifestAnswer.Read(response, digest);
            FuzzFailure.UnlessEqual(digest, manifest.Descriptor.Digest, "what was asked for is what came");
            FuzzFailure.Unless(MediaTypes.IsManifest(manifest.Descriptor.MediaType) || MediaTypes.IsIndex(manifest.Descriptor.MediaType), "it is a manifest or an index");
            ManifestAnswer.RequireImage(manifest);
            return "accepted " + manifest.Descriptor.MediaType;
        }
        catch (HostException e)
        {
            return Outcome.Refused(e.Message);
        }
    }
}
