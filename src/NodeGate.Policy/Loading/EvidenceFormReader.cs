using System.Collections.Immutable;
using NodeGate.Verification;

namespace NodeGate.Policy.Loading;

/// <summary>Reads <c>formats</c> and <c>annotations</c>, which every kind of authority has.</summary>
internal static class EvidenceFormReader
{
    public static EvidenceForm Read(MappingReader mapping, ErrorList errors)
    {
        var (bundle, legacy) = ReadFormats(mapping, errors);
        return new EvidenceForm(bundle, legacy, ReadAnnotations(mapping, errors));
    }

    private static (bool Bundle, bool Legacy) ReadFormats(MappingReader mapping, ErrorList errors)
    {
        if (mapping.Optional("formats") is not { } node)
        {
            return (true, true);
        }

        var formats = mapping.List(node, "a list of 'bundle' and 'legacy', or no 'formats' for both", 2, "each once")
            .Select(n => (Node: n, Word: mapping.Word(n, ("bundle", EvidenceKind.SigstoreBundle), ("legacy", EvidenceKind.CosignSignature))))
            .ToArray();
        if (formats.Length == 2 && formats[0].Word is not null && formats[0].Word == formats[1].Word)
        {
            errors.Add(formats[1].Node, "each format once");
        }

        return (formats.Any(f => f.Word == EvidenceKind.SigstoreBundle), formats.Any(f => f.Word == EvidenceKind.CosignSignature));
    }

    private static ImmutableDictionary<string, string> ReadAnnotations(MappingReader mapping, ErrorList errors)
    {
        const string Expected = "a mapping of annotations that the signature must carry, such as {env: prod}; or no 'annotations'";
        var annotations = mapping.Texts(
            mapping.Optional("annotations"), Expected, "the value that the annotation must have, as a text", PolicyLimits.MaxAnnotations, nameof(PolicyLimits.MaxAnnotations));
        foreach (var (name, _) in annotations.Where(a => a.Name.Text.Length is 0 or > PolicyLimits.MaxTextLength))
        {
            errors.Add(name.Position, $"an annotation's name of {name.Text.Length} characters", $"1 to {PolicyLimits.MaxTextLength} characters");
        }

        return annotations.ToImmutableDictionary(a => a.Name.Text, a => a.Value, StringComparer.Ordinal);
    }
}
