using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.References;
using NodeGate.Oci;

namespace NodeGate.Fuzz.Targets.Oci;

/// <summary>Oracles: no bytes are a manifest and an index; a second JSON reader finds the same descriptors; nothing but FormatException is thrown.</summary>
internal sealed class ManifestTarget : IFuzzTarget
{
    private static readonly string[] Types = [MediaTypes.OciManifest, "application/vnd.docker.distribution.manifest.v2+json", MediaTypes.OciIndex, "application/vnd.docker.distribution.manifest.list.v2+json"];

    public string Name => "oci-manifest";

    public IReadOnlyList<Type> Parsers => [typeof(Manifest), typeof(ImageIndex), typeof(ManifestReader), typeof(StrictJsonDocument), typeof(JsonFields)];

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            var digest = "sha256:" + new string('a', 64);
            var descriptor = $$$"""{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"{{{digest}}}","size":7}""";
            return Text.Each(
                $$$"""{"schemaVersion":2,"mediaType":"{{{Types[0]}}}","config":{{{descriptor}}},"layers":[{{{descriptor}}},{{{descriptor}}}],"annotations":{"a":"b"}}""",
                $$$"""{"schemaVersion":2,"config":{{{descriptor}}},"layers":null,"artifactType":"application/x","subject":{{{descriptor}}}}""",
                $$$"""{"schemaVersion":2,"mediaType":"{{{Types[1]}}}","config":{{{descriptor}}},"layers":[]}""",
                $$$"""{"schemaVersion":2,"mediaType":"{{{Types[2]}}}","manifests":[{"mediaType":"{{{Types[0]}}}","digest":"{{{digest}}}","size":0,"platform":{"architecture":"arm64","os":"linux","variant":"v8"},"annotations":{"x":"y"}}]}""",
                $$$"""{"schemaVersion":2,"mediaType":"{{{Types[3]}}}","manifests":[]}""",
                """{"schemaVersion":1,"fsLayers":[]}""");
        }
    }

    public string Check(byte[] input)
    {
        var tree = JsonReference.Read(input, OciLimits.MaxJsonDepth);
        var outcomes = Types.Select(type => ReadAs(input, type, tree)).ToArray();
        FuzzFailure.Unless(!(outcomes[..2].Any(IsAccepted) && outcomes[2..].Any(IsAccepted)), "no bytes are both a manifest and an index");
        return outcomes.FirstOrDefault(IsAccepted) ?? string.Join(" | ", outcomes.Distinct());
    }

    private static bool IsAccepted(string outcome) => outcome.StartsWith("accepted", StringComparison.Ordinal);

    private static string ReadAs(byte[] input, string type, object? tree)
    {
        try
        {
            if (MediaTypes.IsIndex(type))
            {
                var index = ImageIndex.Parse(input, type);
                Compare(index.Manifests, tree, "manifests");
                return $"accepted index {Outcome.Magnitude(index.Manifests.Length)}, annotations {index.Annotations.Count > 0}";
            }

            var manifest = Manifest.Parse(input, type);
            Compare([manifest.Config], JsonTree.At(tree, "config") is { } config ? new Dictionary<string, object> { ["config"] = new List<object> { config } } : null, "config");
            Compare(manifest.Layers, tree, "layers");
            FuzzFailure.UnlessEqual(JsonTree.Text(tree, "subject", "digest"), manifest.Subject?.Digest.ToString(), "two readers agree on the subject");
            FuzzFailure.UnlessEqual(JsonTree.Text(tree, "artifactType") is { Length: > 0 } text ? text : null, manifest.ArtifactType, "two readers agree on the artifact type");
            return $"accepted manifest {Outcome.Magnitude(manifest.Layers.Length)}, subject {manifest.Subject is not null}, annotations {manifest.Annotations.Count > 0}";
        }
        catch (FormatException e)
        {
            return Outcome.Refused(e.Message);
        }
    }

    private static void Compare(IReadOnlyList<Descriptor> read, object? tree, string name)
    {
        var items = JsonTree.At(tree, name) as List<object> ?? [];
        FuzzFailure.UnlessEqual(items.Count, read.Count, $"two readers agree on the number of {name}");
        for (var i = 0; i < read.Count; i++)
        {
            FuzzFailure.UnlessEqual(JsonTree.Text(items[i], "digest"), read[i].Digest.ToString(), $"two readers agree on the digest of {name}[{i}]");
            FuzzFailure.UnlessEqual(JsonTree.Text(items[i], "mediaType"), read[i].MediaType, $"two readers agree on the type of {name}[{i}]");
            FuzzFailure.UnlessEqual(
                (JsonTree.At(items[i], "size") as JsonNumber)?.Text.TrimStart('-'),
                read[i].Size.ToString(System.Globalization.CultureInfo.InvariantCulture),
                $"two readers agree on the size of {name}[{i}]");
        }
    }
}
