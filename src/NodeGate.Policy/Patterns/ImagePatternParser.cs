using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using NodeGate.Oci;

namespace NodeGate.Policy.Patterns;

/// <summary>Reads an entry of a rule's <c>images</c> and normalises it as references are normalised.</summary>
internal static class ImagePatternParser
{
    private const string DockerHub = "docker.io";
    private const string Official = "library/";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-/*");
    private static readonly SearchValues<char> RegistryCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-:[]*");

    private static readonly SearchValues<char> TagCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-*");

    /// <summary>Reads <paramref name="text"/>; on failure <paramref name="expected"/> says what a pattern is like, with the fix.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ImagePattern? pattern, [NotNullWhen(false)] out string? expected)
    {
        pattern = null;
        expected = Refuse(text, out var name, out var tag, out var digest);
        if (expected is not null)
        {
            return false;
        }

        pattern = new ImagePattern(name, tag, digest);
        return true;
    }

    private static string? Refuse(string text, out string name, out string? tag, out Digest? digest)
    {
        (name, tag, digest) = ("", null, null);
        if (text.Length is 0 or > PolicyLimits.MaxPatternLength)
        {
            return $"a pattern of 1 to {PolicyLimits.MaxPatternLength} characters, such as 'ghcr.io/org/**'";
        }

        if (text.Contains("***", StringComparison.Ordinal))
        {
            return "'*' (within one path component) or '**' (across '/')";
        }

        if (text.AsSpan().ContainsAny("^$+?()|\\{}"))
        {
            return "a pattern with '*' and '**' as its only wildcards: patterns are no regular expressions, and they are anchored anyway";
        }

        if (text.Contains("://", StringComparison.Ordinal))
        {
            return "a pattern without a scheme: write 'registry/repository', as in an image reference";
        }

        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0 && !Digest.TryParse(text.AsSpan(at + 1), out digest))
        {
            return "an exact digest after '@': 'sha256:' and 64, or 'sha512:' and 128, lower-case hexadecimal characters";
        }

        name = at >= 0 ? text[..at] : text;
        var colon = name.LastIndexOf(':');
        if (colon > name.LastIndexOf('/'))
        {
            tag = name[(colon + 1)..];
            name = name[..colon];
        }

        return RefuseTag(tag, digest) ?? RefuseName(ref name);
    }

    private static string? RefuseTag(string? tag, Digest? digest)
    {
        if (tag is null)
        {
            return null;
        }

        if (digest is not null)
        {
            return "a tag or a digest, not both: leave the tag out, the digest alone says which image it is";
        }

        return tag.Length is 0 or > OciLimits.MaxTagLength || tag[0] is '.' or '-' || tag.AsSpan().ContainsAnyExcept(TagCharacters)
            || tag.Contains("**", StringComparison.Ordinal)
            ? $"a tag pattern of 1 to {OciLimits.MaxTagLength} letters, digits, '_', '.', '-' and '*' after ':'"
            : null;
    }

    private static string? RefuseName(ref string name)
    {
        // What begins with ** begins anywhere: it is compared as it is.
        if (name.StartsWith("**", StringComparison.Ordinal))
        {
            return RefusePath(name);
        }

        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return RefuseShort(ref name);
        }

        var first = name[..slash];
        var rest = name[(slash + 1)..];
        var registry = DockerHub;
        if (IsRegistry(first))
        {
            if (RefuseRegistry(first, out registry) is { } expected)
            {
                return expected;
            }
        }
        else
        {
            rest = name;
        }

        // As in a reference: docker.io/nginx is docker.io/library/nginx.
        var isOfficial = registry is DockerHub && !rest.Contains('/', StringComparison.Ordinal) && !rest.Contains("**", StringComparison.Ordinal);
        name = registry + "/" + (isOfficial ? Official + rest : rest);
        return RefusePath(rest) ?? RefuseLiteral(name);
    }

    /// <summary>The one spelling of a registry; with a wildcard it has no other than lower case and no port of HTTPS.</summary>
    private static string? RefuseRegistry(string first, out string registry)
    {
        registry = "";
        if (first.Contains('*', StringComparison.Ordinal))
        {
            registry = first.ToLowerInvariant();
            registry = registry.EndsWith(":443", StringComparison.Ordinal) ? registry[..^4] : registry;
            return registry.AsSpan().ContainsAnyExcept(RegistryCharacters)
                ? "a registry host of letters, digits, '.', '-' and '*', with a port or not, before the first '/'"
                : null;
        }

        const string Below = "/any/path";
        if (!ImageReference.TryParse(first + Below, out var reference, out var error))
        {
            return $"a registry before the first '/' ({error})";
        }

        registry = reference.PolicyName[..^Below.Length];
        return null;
    }

    private static string? RefuseShort(ref string name)
    {
        if (name is "*")
        {
            return "'**' for every image, or 'docker.io/library/*' for Docker's official ones: '*' alone could mean either";
        }

        if (name.Contains("**", StringComparison.Ordinal))
        {
            return $"a pattern with its registry, such as 'docker.io/{name}': '**' in a short name could mean any registry or Docker Hub alone";
        }

        var path = name;
        name = $"{DockerHub}/{Official}{name}";
        return RefusePath(path) ?? RefuseLiteral(name);
    }

    /// <summary>What containerd takes for a registry, and every first component with a wildcard.</summary>
    private static bool IsRegistry(string first) =>
        first.AsSpan().ContainsAny(".:*") || first is "localhost" || first.AsSpan().ContainsAnyInRange('A', 'Z');

    private static string? RefusePath(string path)
    {
        if (path.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            return "a repository of lower-case letters, digits, '.', '_', '-', '/' and the wildcards '*' and '**'";
        }

        return path.Split('/').Any(c => c.Length == 0)
            ? "path components that are not empty: a pattern neither begins nor ends with '/', nor has '//' (write 'registry/path/**' for all below)"
            : null;
    }

    /// <summary>A name without a wildcard must be one that a reference can have, or the rule could never decide.</summary>
    private static string? RefuseLiteral(string name)
    {
        if (name.Contains('*', StringComparison.Ordinal))
        {
            return null;
        }

        return ImageReference.TryParse(name, out var reference, out var error) && string.Equals(reference.PolicyName, name, StringComparison.Ordinal)
            ? null
            : $"a name that an image reference can have ({error ?? "it is read as " + reference!.PolicyName})";
    }
}
