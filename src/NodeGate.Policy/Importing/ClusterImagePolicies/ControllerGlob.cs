using NodeGate.Policy.Loading;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Importing.ClusterImagePolicies;

/// <summary>
/// A glob of policy-controller as a pattern. It is compared with <c>registry/repository@sha256:…</c>, whatever the pod says: with a wildcard
/// at its end it matches every digest of the repositories that the rest matches; without one it matches nothing.
/// </summary>
internal static class ControllerGlob
{
    private const string Hub = "index.docker.io/";

    public static ImagePattern? Read(Located glob, ImportContext context)
    {
        // policy-controller reads these two as short forms.
        var text = glob.Text switch
        {
            "*" => Hub + "library/*",
            "*/*" => Hub + "*/*",
            _ => glob.Text,
        };
        if (Refuse(text) is { } refusal)
        {
            context.Refuse(glob.Position, $"the glob {Quote.Of(glob.Text)}", refusal);
            return null;
        }

        var ours = text.StartsWith(Hub, StringComparison.Ordinal) ? "docker.io/" + text[Hub.Length..] : text;
        if (ImagePatternParser.TryParse(ours, out var pattern, out var expected))
        {
            return pattern;
        }

        context.Errors.Add(glob.Position, $"the glob {Quote.Of(glob.Text)}", expected);
        return null;
    }

    private static Refusal? Refuse(string text)
    {
        if (text.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or ':' or '/' or '*' or '.')))
        {
            return new Refusal("policy-controller reads it differently, or not at all", "a pattern of lower-case letters, digits, '-', '_', '.', '/', ':', '*' and '**'");
        }

        if (text.LastIndexOf(':') > text.LastIndexOf('/'))
        {
            return new Refusal(
                "policy-controller compares a tag with nothing: the image has its digest by then",
                "the repository with '*' behind it, or a rule by hand with the tag");
        }

        if (!text.EndsWith('*'))
        {
            return new Refusal("policy-controller compares with the digest as well, so that without a wildcard at the end no image matches", "the repository alone, in a rule by hand");
        }

        if (text.StartsWith("docker.io/", StringComparison.Ordinal) || text.Split('/')[0].EndsWith(":443", StringComparison.Ordinal)
            || text.StartsWith("registry-1.docker.io/", StringComparison.Ordinal))
        {
            return new Refusal("policy-controller knows Docker Hub as 'index.docker.io' and compares ports as written: no image matches", "'index.docker.io/…', or the registry without ':443'");
        }

        if (text.StartsWith(Hub, StringComparison.Ordinal))
        {
            var rest = text[Hub.Length..];
            return rest.Contains('/', StringComparison.Ordinal) || rest.Contains("**", StringComparison.Ordinal) ? null
                : new Refusal("repositories of Docker Hub have two parts ('library/nginx'), so that no image matches", "'index.docker.io/library/…' or 'index.docker.io/*/*'");
        }

        return RefuseRuns(text);
    }

    /// <summary>What stands between wildcards must not be met by the digest, nor by the part of Docker Hub's name that NodeGate leaves out.</summary>
    private static Refusal? RefuseRuns(string text)
    {
        var runs = text.Split('*', StringSplitOptions.RemoveEmptyEntries);
        if (text[0] == '*' && runs.Length > 0)
        {
            for (var i = 0; i < "index.".Length; i++)
            {
                var hub = Hub[i..];
                if (runs.Any(r => r.StartsWith(hub, StringComparison.Ordinal) || hub.StartsWith(r, StringComparison.Ordinal)))
                {
                    return new Refusal("it can match in 'index.docker.io', which is 'docker.io' here", "patterns with their registries");
                }
            }
        }
        else if (runs.Length > 0 && !runs[0].Contains('/', StringComparison.Ordinal) && (Hub.StartsWith(runs[0], StringComparison.Ordinal) || "docker.io/".StartsWith(runs[0], StringComparison.Ordinal)))
        {
            return new Refusal("it can match 'index.docker.io', which is 'docker.io' here", "patterns with their registries");
        }

        var isAnchored = text[0] != '*' && runs.Length == 1;
        return runs.Length == 0 || isAnchored || runs[^1].Any(c => c is '/' or '.' or '-' or '_' or (> 'f' and <= 'z' and not ('s' or 'h')))
            ? null
            : new Refusal($"'{runs[^1]}' can match within a digest as well", "a longer part behind the wildcard, or the repositories by name");
    }
}
