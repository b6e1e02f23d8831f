using NodeGate.Policy.Loading;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>
/// A pattern of Kyverno as one of ours. It is compared with <c>registry/path:tag</c>, or <c>registry/path@digest</c> where the pod has a
/// digest; <c>*</c> crosses everything. Only what matches the same images in both readings is kept.
/// </summary>
internal static class KyvernoPattern
{
    private const string Hub = "docker.io/";
    private const string Digits = "0123456789";
    private const string ByHand = "a pattern by hand: '*' within a path component, '**' across them, a tag behind ':'";
    private static readonly Glob EveryImageOfTheHub = new(Hub + "**");
    private static readonly Glob[] OfficialImages = [new(Hub + "*"), new(Hub + "library/*")];

    /// <param name="written">The pattern.</param>
    /// <param name="asWritten">The image is compared as the pod has it (ImageValidatingPolicy), with a registry and a tag or without.</param>
    /// <param name="context">Where it is refused.</param>
    public static ImagePattern? Read(Located written, bool asWritten, ImportContext context)
    {
        var text = written.Text;
        while (text.Contains("**", StringComparison.Ordinal))
        {
            text = text.Replace("**", "*", StringComparison.Ordinal);
        }

        var colon = text.LastIndexOf(':');
        var hasTag = colon > text.LastIndexOf('/');
        var name = hasTag ? text[..colon] : text;
        var tag = hasTag ? text[(colon + 1)..] : null;
        if ((RefuseText(name, tag, asWritten) ?? RefuseName(name, asWritten) ?? (tag is null ? RefuseOpenEnd(name) : RefuseTag(name, tag))) is { } why)
        {
            context.Refuse(written.Position, Quote.Of(written.Text), why, ByHand);
            return null;
        }

        // With a wildcard before ':*', a digest's own colon is met as well: every tag and every digest.
        var isEvery = tag is "*" && name.EndsWith('*');
        var ours = name.Replace("*", "**", StringComparison.Ordinal) + (tag is null || isEvery ? "" : ":" + tag);
        if (ImagePatternParser.TryParse(ours, out var pattern, out var expected))
        {
            return pattern;
        }

        context.Errors.Add(written.Position, Quote.Of(written.Text), expected);
        return null;
    }

    private static string? RefuseText(string name, string? tag, bool asWritten)
    {
        if (name.Length == 0 || name.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_' or '/' or ':' or '*'))
            || (tag?.Any(c => !(char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '*')) ?? false))
        {
            return "NodeGate has '*' as its only wildcard, and no digests, variables or capital letters in patterns of other systems";
        }

        return tag is not null && asWritten ? "Kyverno compares with what the pod says, which may have no tag where NodeGate has 'latest'" : null;
    }

    private static string? RefuseName(string name, bool asWritten)
    {
        if (name is "*")
        {
            return null;
        }

        var registry = name.Split('/')[0];
        if (name[0] != '*' && (registry.Length == name.Length || registry.Contains('*', StringComparison.Ordinal)
            || !(registry.Contains('.', StringComparison.Ordinal) || registry.Contains(':', StringComparison.Ordinal) || registry is "localhost")))
        {
            return "Kyverno writes out the registry before it compares: a pattern begins with one, or with '*'";
        }

        if (registry.EndsWith(":443", StringComparison.Ordinal) || registry is "index.docker.io" or "registry-1.docker.io")
        {
            return "Kyverno takes it for a registry of its own, NodeGate for another spelling of one";
        }

        // nginx is docker.io/nginx there and docker.io/library/nginx here: only what makes no difference between them is kept.
        var glob = new Glob(name.Replace("*", "**", StringComparison.Ordinal));
        var tellsApart = asWritten ? Glob.Overlap(glob, EveryImageOfTheHub) : name is not Hub + "*" && Array.Exists(OfficialImages, o => Glob.Overlap(glob, o));
        return tellsApart ? "it tells spellings of Docker Hub's images apart ('nginx', 'docker.io/nginx', 'docker.io/library/nginx'), which are one here" : null;
    }

    /// <summary>Without a tag a pattern must end with a wildcard, and what stands before it must not be met by a tag or a digest.</summary>
    private static string? RefuseOpenEnd(string name)
    {
        if (!name.EndsWith('*'))
        {
            return "Kyverno compares with the tag as well, so that without a wildcard at the end no image matches";
        }

        var runs = name.Split('*', StringSplitOptions.RemoveEmptyEntries);
        return runs.Length == 0 || (runs.Length == 1 && name[0] != '*') || runs[^1].Contains('/', StringComparison.Ordinal)
            ? null
            : $"'{runs[^1]}' behind a wildcard can be met by a tag as well";
    }

    private static string? RefuseTag(string name, string tag)
    {
        if (tag.Length == 0)
        {
            return "an empty tag matches no image";
        }

        var isWildcardFirst = name.Split('/')[0].Contains('*', StringComparison.Ordinal);
        var meetsPort = tag is "*" ? !name.EndsWith('*') && !name.Contains('/', StringComparison.Ordinal) : Digits.Contains(tag[0], StringComparison.Ordinal) || tag[0] == '*';
        if (isWildcardFirst && meetsPort)
        {
            return "the colon can be the one before a registry's port as well";
        }

        if (name.EndsWith('*'))
        {
            return tag is "*" || tag.Split('*').Any(r => r.Any(c => c is not (>= '0' and <= '9' or >= 'a' and <= 'f'))) ? null : "it can match within a digest as well";
        }

        return tag.EndsWith('*') && tag is not "*" && name.Contains('*', StringComparison.Ordinal) && "@sha256".EndsWith(name.Split('*')[^1], StringComparison.Ordinal)
            ? "it can match within a digest as well"
            : null;
    }
}
