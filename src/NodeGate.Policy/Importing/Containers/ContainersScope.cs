using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Policy.Loading;

namespace NodeGate.Policy.Importing.Containers;

/// <summary>A scope of the docker transport as patterns: an image, or a prefix of whole components, or the subdomains of a domain.</summary>
internal static class ContainersScope
{
    private const string Hub = "docker.io";

    public static ImmutableArray<string> Read(Located scope, ImportContext context)
    {
        var text = scope.Text;
        if (text.Contains('@', StringComparison.Ordinal))
        {
            context.Refuse(
                scope.Position,
                $"the scope {Quote.Of(text)}",
                "it holds for references by digest alone, where NodeGate's digest holds for a tag of that digest as well",
                "a rule by hand with the digest");
            return [];
        }

        if (text.StartsWith("*.", StringComparison.Ordinal) && IsHost(text[2..]) && !text.Contains(':', StringComparison.Ordinal))
        {
            return [text + "/**", text + ":*/**"];
        }

        var host = text.Split('/')[0];
        if (!IsExpanded(text, host, out var repository, out var tag))
        {
            context.Refuse(
                scope.Position,
                $"the scope {Quote.Of(text)}",
                "it is not written out as image references are, so that no image matches",
                "'docker.io/library/busybox' for 'busybox'; a host, a namespace or a repository, in lower case");
            return [];
        }

        return tag is not null ? [text]
            : repository.Length == 0 || (host is Hub && !repository.Contains('/', StringComparison.Ordinal)) ? [text + "/**"]
            : [text, text + "/**"];
    }

    /// <summary>True where references of this scope are read as it is written, and NodeGate's patterns as well.</summary>
    private static bool IsExpanded(string text, string host, out string repository, out string? tag)
    {
        repository = text.Length > host.Length ? text[(host.Length + 1)..] : "";
        var colon = repository.IndexOf(':', StringComparison.Ordinal);
        tag = colon < 0 ? null : repository[(colon + 1)..];
        repository = colon < 0 ? repository : repository[..colon];
        var isNameSpaceOfHub = host is Hub && tag is null && repository.Length > 0 && !repository.Contains('/', StringComparison.Ordinal);
        var whole = repository.Length == 0 ? host + "/any/path" : isNameSpaceOfHub ? text + "/any" : text;
        if (text.EndsWith('/') || (!host.Contains('.', StringComparison.Ordinal) && !host.Contains(':', StringComparison.Ordinal) && host is not "localhost")
            || !ImageReference.TryParse(whole, out var reference, out _))
        {
            return false;
        }

        var name = tag is null ? whole : whole[..^(tag.Length + 1)];
        return reference.Name == name && reference.PolicyName == name;
    }

    private static bool IsHost(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-');
}
