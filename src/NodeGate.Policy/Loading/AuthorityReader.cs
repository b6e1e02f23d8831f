using System.Collections.Immutable;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Verification;

namespace NodeGate.Policy.Loading;

/// <summary>Reads an entry of <c>authorities</c>.</summary>
internal static class AuthorityReader
{
    private const string Shape = "an authority: {name: …, cosign: {keys: [{file: …}]}}";
    private const string KeyShape = "a key: {file: …} or {pem: …}";

    public static AuthorityConfig? Read(YamlNode node, ErrorList errors)
    {
        if (MappingReader.Open(node, Shape, ["name", "cosign"], LaterKeys.Authority, errors) is not { } authority)
        {
            return null;
        }

        var name = authority.Name(authority.Required("name", "'name: …', by which rules name it"), "a name");
        var config = new AuthorityConfig(name, node.Position, [], true, true, ImmutableDictionary<string, string>.Empty);
        var hasLater = LaterKeys.Authority.Keys.Any(authority.Has);
        var cosignNode = hasLater ? authority.Optional("cosign") : authority.Required("cosign", "'cosign: {keys: [{file: …}]}'");
        if (cosignNode is null || MappingReader.Open(
            cosignNode, "a mapping with 'keys'", ["keys", "formats", "annotations"], LaterKeys.Cosign, errors) is not { } cosign)
        {
            return config;
        }

        var (bundle, legacy) = ReadFormats(cosign, errors);
        return config with
        {
            Keys = ReadKeys(cosign, errors),
            AcceptBundle = bundle,
            AcceptLegacy = legacy,
            Annotations = ReadAnnotations(cosign, errors),
        };
    }

    private static ImmutableArray<KeyConfig> ReadKeys(MappingReader cosign, ErrorList errors)
    {
        var items = cosign.List(
            cosign.Required("keys", "'keys: [{file: …}]', any of which may sign"),
            "a list of keys, each {file: …} or {pem: …}",
            PolicyLimits.MaxKeysPerAuthority,
            nameof(PolicyLimits.MaxKeysPerAuthority));
        var keys = ImmutableArray.CreateBuilder<KeyConfig>();
        foreach (var item in items)
        {
            if (MappingReader.Open(item, KeyShape, ["file", "pem"], LaterKeys.None, errors) is not { } key)
            {
                continue;
            }

            if (key.Has("file") == key.Has("pem"))
            {
                errors.Add(item.Position, key.Has("file") ? "both 'file' and 'pem'" : "neither 'file' nor 'pem'", KeyShape);
                continue;
            }

            var file = key.Line(key.Optional("file"), "the name of a file with a public key");
            var pem = key.Text(key.Optional("pem"), "a public key in PEM", VerificationLimits.MaxKeyBytes);
            if (file is not null || pem is not null)
            {
                keys.Add(new KeyConfig(file, pem));
            }
        }

        return keys.DrainToImmutable();
    }

    private static (bool Bundle, bool Legacy) ReadFormats(MappingReader cosign, ErrorList errors)
    {
        if (cosign.Optional("formats") is not { } node)
        {
            return (true, true);
        }

        var formats = cosign.List(node, "a list of 'bundle' and 'legacy', or no 'formats' for both", 2, "each once")
            .Select(n => (Node: n, Word: cosign.Word(n, ("bundle", EvidenceKind.SigstoreBundle), ("legacy", EvidenceKind.CosignSignature))))
            .ToArray();
        if (formats.Length == 2 && formats[0].Word is not null && formats[0].Word == formats[1].Word)
        {
            errors.Add(formats[1].Node, "each format once");
        }

        return (formats.Any(f => f.Word == EvidenceKind.SigstoreBundle), formats.Any(f => f.Word == EvidenceKind.CosignSignature));
    }

    private static ImmutableDictionary<string, string> ReadAnnotations(MappingReader cosign, ErrorList errors)
    {
        var annotations = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (cosign.Optional("annotations") is not { } node)
        {
            return annotations.ToImmutable();
        }

        if (node is not YamlMapping { Entries.IsEmpty: false } mapping)
        {
            errors.Add(node, "a mapping of annotations that the signature must carry, such as {env: prod}; or no 'annotations'");
            return annotations.ToImmutable();
        }

        if (mapping.Entries.Length > PolicyLimits.MaxAnnotations)
        {
            errors.Add(node.Position, $"{mapping.Entries.Length} annotations", $"at most {PolicyLimits.MaxAnnotations} of them (MaxAnnotations)");
            return annotations.ToImmutable();
        }

        foreach (var entry in mapping.Entries)
        {
            if (entry.Key.Length is 0 or > PolicyLimits.MaxTextLength)
            {
                errors.Add(entry.Position, $"an annotation's name of {entry.Key.Length} characters", $"1 to {PolicyLimits.MaxTextLength} characters");
            }
            else if (cosign.Line(entry.Value, "the value that the annotation must have, as a text") is { } value)
            {
                annotations[entry.Key] = value.Text;
            }
        }

        return annotations.ToImmutable();
    }
}
