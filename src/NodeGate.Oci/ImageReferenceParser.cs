using System.Diagnostics.CodeAnalysis;

namespace NodeGate.Oci;

/// <summary>
/// The grammar of distribution/reference by hand: one pass, no regular expression (the reference is an attacker's text, and .NET's
/// default engine backtracks where Go's does not; style.md 7.2).
/// </summary>
/// <remarks>
/// Every containerd that accepts what is accepted here reads it as we do. Where versions differ, the strictest holds:
/// <list type="bullet">
/// <item>1.6 counts 255 characters over registry and repository together, 1.7 and later over the repository alone: together.</item>
/// <item>1.6 knows no IPv6 registry and refuses the pull itself; 1.7 and later take any hexadecimal digits and colons in brackets.</item>
/// <item>sha384, which go-digest knows, is not among the algorithms registered by the OCI image specification: refused.</item>
/// <item>Ports and IPv6 addresses that do not exist, and IPv4 addresses in other than their usual form, are refused here, not when dialling: Go
/// would look "[A]" up as a host named "A", and "127.1" as one named "127.1".</item>
/// </list>
/// </remarks>
internal static class ImageReferenceParser
{
    internal const string DefaultRegistry = "docker.io";

    private const string LegacyDefaultRegistry = "index.docker.io";
    private const string OfficialPrefix = "library/";
    private const string DefaultTag = "latest";

    internal static bool TryParse(string? text, [NotNullWhen(true)] out ImageReference? reference, [NotNullWhen(false)] out string? error)
    {
        reference = null;
        if (string.IsNullOrEmpty(text))
        {
            error = "The image reference is empty; expected [registry/]repository[:tag][@digest].";
            return false;
        }

        if (text.Length > OciLimits.MaxReferenceLength)
        {
            error = $"The image reference has {text.Length} characters; at most {OciLimits.MaxReferenceLength} are accepted.";
            return false;
        }

        if (text.Length == 64 && !text.AsSpan().ContainsAnyExcept("0123456789abcdef"))
        {
            // containerd refuses it as well: 64 hexadecimal characters are an image ID, and a repository of that name would shadow it.
            error = Refuse(text, new ReferenceFault(0, "64 hexadecimal characters are an image ID, not a repository name"));
            return false;
        }

        return TryParseNamed(text, out reference, out error);
    }

    private static bool TryParseNamed(string text, out ImageReference? reference, out string? error)
    {
        reference = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var hasRegistry = slash >= 0 && IsRegistry(text.AsSpan(0, slash));
        var registry = hasRegistry ? text[..slash] : DefaultRegistry;
        var start = hasRegistry ? slash + 1 : 0;
        if (hasRegistry && RegistryGrammar.FindFault(registry) is { } fault)
        {
            error = Refuse(text, fault);
            return false;
        }

        if (string.Equals(registry, LegacyDefaultRegistry, StringComparison.Ordinal))
        {
            registry = DefaultRegistry;
        }

        var suffix = text.AsSpan(start).IndexOfAny(':', '@');
        var end = suffix < 0 ? text.Length : start + suffix;
        if (RepositoryGrammar.FindFault(text, start, end) is { } pathFault)
        {
            error = Refuse(text, pathFault);
            return false;
        }

        var repository = text[start..end];
        if (string.Equals(registry, DefaultRegistry, StringComparison.Ordinal) && !repository.Contains('/', StringComparison.Ordinal))
        {
            repository = OfficialPrefix + repository;
        }

        if (registry.Length + 1 + repository.Length > OciLimits.MaxNameLength)
        {
            error = Refuse(text, new ReferenceFault(
                start,
                $"registry and repository have {registry.Length + 1 + repository.Length} characters, at most {OciLimits.MaxNameLength} are accepted"));
            return false;
        }

        return TryParseSuffix(text, end, registry, repository, out reference, out error);
    }

    private static bool TryParseSuffix(
        string text, int position, string registry, string repository, out ImageReference? reference, out string? error)
    {
        reference = null;
        string? tag = null;
        if (position < text.Length && text[position] == ':')
        {
            var end = text.IndexOf('@', position);
            end = end < 0 ? text.Length : end;
            tag = text[(position + 1)..end];
            if (TagGrammar.FindFault(tag) is { } fault)
            {
                error = Refuse(text, fault with { Position = position + 1 + fault.Position });
                return false;
            }

            position = end;
        }

        Digest? digest = null;
        if (position < text.Length && !Digest.TryParse(text.AsSpan(position + 1), out digest))
        {
            error = Refuse(text, new ReferenceFault(
                position + 1, "expected 'sha256:' and 64, or 'sha512:' and 128, lower-case hexadecimal characters"));
            return false;
        }

        reference = new ImageReference(registry, repository, digest is null ? tag ?? DefaultTag : null, digest);
        error = null;
        return true;
    }

    /// <summary>
    /// What stands before the first slash is a registry if it has a dot or colon, is <c>localhost</c>, or has an upper-case letter (a
    /// repository has none, so Go's ParseNormalizedNamed takes it for a host). Other letters than ASCII fail either way.
    /// </summary>
    private static bool IsRegistry(ReadOnlySpan<char> text) =>
        text.ContainsAny('.', ':') || text is "localhost" || text.ContainsAnyInRange('A', 'Z');

    private static string Refuse(string text, ReferenceFault fault) =>
        $"Invalid image reference '{DisplayText.Of(text)}' at position {fault.Position}: {fault.Expected}.";
}
