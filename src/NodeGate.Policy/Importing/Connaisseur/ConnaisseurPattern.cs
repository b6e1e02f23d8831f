using NodeGate.Policy.Loading;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Importing.Connaisseur;

/// <summary>
/// A pattern of Connaisseur's image policy, of the kinds whose meaning NodeGate's patterns have: everything, or a name that is written out
/// from its registry on and may go on at its end, with or without the beginning of a tag.
/// </summary>
/// <param name="Text">As written.</param>
/// <param name="Position">Where.</param>
/// <param name="Prefix">What a name begins with; empty for everything.</param>
/// <param name="IsOpen">The name may go on behind <paramref name="Prefix"/>: without a tag, or with '*' at its end, it always may.</param>
/// <param name="Tag">The tag pattern; null for every tag and digest.</param>
internal sealed record ConnaisseurPattern(string Text, PolicyPosition Position, string Prefix, bool IsOpen, string? Tag)
{
    private const string Hub = "docker.io";

    /// <summary>How Connaisseur names Docker Hub; a pattern for <c>docker.io</c> is found behind <c>index.</c> in it.</summary>
    private const string HubIndex = "index.docker.io";

    private static readonly Refusal OtherWildcard = new(
        "'*' is the only wildcard that NodeGate's patterns have, and it stands at the end of a name or in a tag", "each repository in a pattern of its own");

    private static readonly Refusal Floating = new(
        "Connaisseur finds such a pattern anywhere in a name, in every registry", "the registry in front, 'docker.io' for Docker Hub: 'docker.io/org/*:*'");

    private static readonly Refusal ByDigest = new(
        "a digest in a pattern of NodeGate's also decides the tags that resolve to it", "no such pattern here, and a rule for the digest in the policy that was imported");

    /// <summary>NodeGate's pattern.</summary>
    public string Image => (IsEverything ? "**" : Prefix + (IsOpen ? "**" : "")) + (Tag is null ? "" : ":" + Tag);

    public bool IsEverything => Prefix.Length == 0;

    public bool IsDockerHub => Prefix.StartsWith(Hub + "/", StringComparison.Ordinal);

    /// <summary>The parts between slashes, of which a pattern with more is the more specific one.</summary>
    public string[] Components => Text.Split('/');

    /// <summary>Null, with an error, for what cannot be kept.</summary>
    public static ConnaisseurPattern? Read(Located text, ImportContext context)
    {
        if (text.Text is ['*', ..] && text.Text.All(c => c is '*' or ':') && text.Text.Count(c => c == ':') <= 1)
        {
            return new ConnaisseurPattern(text.Text, text.Position, "", IsOpen: true, null);
        }

        if (RefusalOf(text.Text, out var name, out var tag) is { } refusal)
        {
            context.Refuse(text.Position, $"the pattern {Quote.Of(text.Text)}", refusal);
            return null;
        }

        // '*:*' at the end asks for nothing: every reference has a tag or a digest, and ':' before it.
        var prefix = name.TrimEnd('*');
        var isOpen = tag is null || prefix.Length < name.Length;
        var pattern = new ConnaisseurPattern(text.Text, text.Position, prefix, isOpen, isOpen && tag?.Trim('*') is null or "" ? null : Closed(tag!));
        if (!ImagePatternParser.TryParse(pattern.Image, out var native, out var expected) || native.Text != pattern.Image)
        {
            var why = native is null ? $"NodeGate takes it for no pattern, and expects {expected}" : $"NodeGate means '{native}' with it, and Connaisseur does not";
            context.Refuse(
                text.Position,
                $"the pattern {Quote.Of(text.Text)}",
                why,
                "a pattern as Connaisseur's logs show the names of images, with 'docker.io' for Docker Hub");
            return null;
        }

        return pattern;
    }

    private static Refusal? RefusalOf(string text, out string name, out string? tag)
    {
        var colon = text.LastIndexOf(':');
        (name, tag) = colon > text.LastIndexOf('/') ? (text[..colon], text[(colon + 1)..]) : (text, null);
        if (text.Contains('@', StringComparison.Ordinal))
        {
            return ByDigest;
        }

        if (!text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':' or '*') || name.TrimEnd('*').Contains('*', StringComparison.Ordinal))
        {
            return text.StartsWith('*') ? Floating : OtherWildcard;
        }

        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var registry = slash < 0 ? "" : name[..slash];
        if (!registry.AsSpan().ContainsAny(".:"))
        {
            return Floating;
        }

        return registry != Hub && HubIndex.EndsWith(registry, StringComparison.Ordinal)
            ? new Refusal($"Connaisseur finds '{registry}' at the end of '{HubIndex}', its name for Docker Hub", $"'{Hub}' in its place, or no such pattern")
            : null;
    }

    /// <summary>A tag may go on behind what is written of it, and '**' is '*' in it.</summary>
    private static string Closed(string tag)
    {
        var parts = tag.Split('*', StringSplitOptions.RemoveEmptyEntries);
        return (tag.StartsWith('*') ? "*" : "") + string.Concat(parts.Select(p => p + "*")) is { Length: > 0 } closed ? closed : "*";
    }

    public override string ToString() => $"'{Text}'";
}
