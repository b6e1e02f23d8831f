using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tuf;

/// <summary>One role to which another delegates some target files (TUF specification 4.5).</summary>
internal sealed class TufDelegation
{
    private static readonly string[] TopLevel = ["root", "timestamp", "snapshot", "targets"];

    private readonly ImmutableArray<string> _patterns;
    private readonly ImmutableArray<string> _hashPrefixes;

    private TufDelegation(string name, TufRole role, bool isTerminating, ImmutableArray<string> patterns, ImmutableArray<string> hashPrefixes)
    {
        Name = name;
        Role = role;
        IsTerminating = isTerminating;
        _patterns = patterns;
        _hashPrefixes = hashPrefixes;
    }

    public string Name { get; }

    public TufRole Role { get; }

    /// <summary>Whether nobody after this role is asked for the files that it answers for.</summary>
    public bool IsTerminating { get; }

    public static TufDelegation Read(StrictNode node, ImmutableDictionary<string, TufKey> keys)
    {
        var name = node.Required("name").Text();
        // Its file would take the place of the top-level role's.
        // check: tuf-delegation-name
        if (name.Length == 0 || TopLevel.Contains(name, StringComparer.Ordinal))
        {
            throw node.Wrong($"delegates to {Shown.Text(name)}, which is no name for a delegated role");
        }

        var patterns = node.Optional("paths");
        var prefixes = node.Optional("path_hash_prefixes");
        // check: tuf-delegation-paths
        if (patterns is null == prefixes is null)
        {
            throw node.Wrong("has both or none of 'paths' and 'path_hash_prefixes'; expected one of them");
        }

        return new TufDelegation(name, TufRole.Read(node, keys), node.Required("terminating").Flag(), Texts(patterns), Texts(prefixes));
    }

    /// <summary>Whether this role answers for the target file.</summary>
    public bool Covers(string target)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(target)));
        return _hashPrefixes.Any(prefix => hash.StartsWith(prefix, StringComparison.Ordinal)) || _patterns.Any(pattern => Matches(pattern, target));
    }

    private static ImmutableArray<string> Texts(StrictNode? list) =>
        list is { } entries ? [.. entries.Items(TufLimits.MaxPatterns).Select(entry => entry.Text())] : [];

    /// <summary>As a shell would: <c>*</c> and <c>?</c> do not cross a slash.</summary>
    private static bool Matches(string pattern, string target)
    {
        var (patterns, parts) = (pattern.Split('/'), target.Split('/'));
        return patterns.Length == parts.Length && patterns.Zip(parts).All(pair => PartMatches(pair.First, pair.Second));
    }

    private static bool PartMatches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> part)
    {
        // To go back to the last star alone is enough, and keeps a hostile pattern from taking exponential time.
        var (p, t, star, resume) = (0, 0, -1, 0);
        while (t < part.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, t);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == part[t]))
            {
                (p, t) = (p + 1, t + 1);
            }
            else if (star >= 0)
            {
                (p, t) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }
}
