using NodeGate.Policy.Loading;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Importing.Portieris;

/// <summary>
/// The name of a repository in a policy of Portieris, with NodeGate's pattern for it. As of Portieris 0.14.2, where the part before the first
/// slash matches a registry and nothing else; '*' is any text, and behind a name without a tag every tag and digest follows.
/// </summary>
internal sealed record PortierisPattern(Located Name, ImagePattern Native)
{
    private static readonly Refusal Floating = new(
        "Portieris compares with the image as the pod writes it, so that it matches short names only", "the registry in front, 'docker.io/library' for Docker's official images; or '*' for everything");

    private static readonly Refusal ByDigest = new(
        "a digest in a pattern of NodeGate's also decides the tags that resolve to it", "no such repository here, and a rule for the digest in the policy that was imported");

    private static readonly Refusal IntoTag = new(
        "Portieris's '*' also reads over ':' into the tag, and NodeGate's does not", "'*' at the end of the name, or before a '/'");

    /// <summary>Without a wildcard and with a tag: this decides before everything else.</summary>
    public bool IsExact => Native.HasTag && !Name.Text.Contains('*', StringComparison.Ordinal);

    /// <summary>Portieris prefers the pattern with more characters that are no wildcard.</summary>
    public int Quality => Name.Text.Length - Name.Text.Count(c => c == '*');

    /// <summary>Null, with an error, for what cannot be kept.</summary>
    public static PortierisPattern? Read(Located name, ImportContext context)
    {
        if (Translate(name.Text, out var image) is { } refusal)
        {
            context.Refuse(name.Position, $"the repository {Quote.Of(name.Text)}", refusal);
            return null;
        }

        if (!ImagePatternParser.TryParse(image, out var native, out var expected) || native.Text != image)
        {
            var why = native is null ? $"NodeGate takes '{image}' for no pattern, and expects {expected}" : $"NodeGate, as containerd, reads '{native}'";
            context.Refuse(
                name.Position,
                $"the repository {Quote.Of(name.Text)}",
                why,
                "the name as containerd writes it out, such as 'docker.io/library/nginx'");
            return null;
        }

        return new PortierisPattern(name, native);
    }

    private static Refusal? Translate(string text, out string image)
    {
        image = "**";
        if (text.Length > 0 && text.All(c => c == '*'))
        {
            return null;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !text.AsSpan(0, slash).ContainsAny(".:*"))
        {
            return Floating;
        }

        if (text.Contains('@', StringComparison.Ordinal))
        {
            return ByDigest;
        }

        var (registry, path) = (text[..slash], text[(slash + 1)..]);
        var colon = path.LastIndexOf(':');
        var (name, tag) = colon < 0 ? (path, "") : (path[..colon], path[colon..]);
        if (name[(name.LastIndexOf('/') + 1)..].TrimEnd('*').Contains('*', StringComparison.Ordinal))
        {
            return IntoTag;
        }

        image = $"{Collapse(registry, "*")}/{Collapse(name, "**")}{Collapse(tag, "*")}";
        return null;
    }

    /// <summary>Each run of '*' as <paramref name="wildcard"/>.</summary>
    private static string Collapse(string text, string wildcard)
    {
        var parts = text.Split('*');
        return string.Concat(parts.Select((part, i) => i > 0 && (part.Length > 0 || i == parts.Length - 1) ? wildcard + part : part));
    }
}
