using System.Text;
using NodeGate.Fuzz.Engine;
using NodeGate.Oci;
using NodeGate.Oci.Tests;

namespace NodeGate.Fuzz.Targets.Oci;

/// <summary>Oracles: the grammar as one regular expression agrees; what is accepted is its own normal form; its name for policies too.</summary>
internal sealed class ReferenceTarget : IFuzzTarget
{
    public string Name => "oci-reference";

    public IReadOnlyList<Type> Parsers => [typeof(ImageReference), typeof(ImageReferenceParser), typeof(RegistryGrammar), typeof(RepositoryGrammar), typeof(TagGrammar)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        "nginx", "nginx:1.27", "library/nginx@sha256:" + new string('a', 64), "ghcr.io/org/app:v1.0@sha512:" + new string('0', 128), "localhost/a", "LOCALHOST/a",
        "127.0.0.1:5000/x/y__z:t", "[::1]:5000/a-b.c/d", "[::ffff:127.0.0.1]/a", "registry-1.docker.io/library/a", "index.docker.io/a", "a.b:443/c",
        "docker.io/" + new string('x', 240), "sha256:" + new string('b', 64), new string('c', 64), "a/b:" + new string('t', 128));

    public string Check(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var accepted = ImageReference.TryParse(text, out var reference, out var error);
        FuzzFailure.UnlessEqual(ReferenceOracle.Normalise(text), reference?.ToString(), "two parsers agree on a reference");
        if (!accepted)
        {
            return Outcome.Refused(error);
        }

        var again = ImageReference.Parse(reference!.ToString());
        FuzzFailure.UnlessEqual(reference, again, "a reference's text is read as that reference");
        var registry = RegistryGrammar.Canonicalise(reference.Registry);
        FuzzFailure.UnlessEqual(registry, RegistryGrammar.Canonicalise(registry), "the registry's one spelling is its own");
        FuzzFailure.UnlessEqual(registry + "/" + reference.Repository, reference.PolicyName, "policy sees that spelling, and the repository as it is");
        return $"accepted: tag {reference.Tag is not null}, registry as policy names it {reference.PolicyName == reference.Name}";
    }
}
