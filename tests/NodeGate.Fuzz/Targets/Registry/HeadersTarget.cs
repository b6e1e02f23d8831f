using System.Text.RegularExpressions;
using NodeGate.Fuzz.Engine;
using NodeGate.Registry;
using NodeGate.Registry.Auth;

namespace NodeGate.Fuzz.Targets.Registry;

/// <summary>
/// Www-Authenticate, Link and token realms: what a registry sends. Oracles: challenges survive being written in the plainest way; a next page is
/// a target that stands in the header; a realm that may see credentials has the registry's own host as far as its last two labels.
/// </summary>
internal sealed partial class HeadersTarget : IFuzzTarget
{
    public string Name => "registry-headers";

    public IReadOnlyList<Type> Parsers => [typeof(ChallengeParser), typeof(LinkHeader), typeof(RealmRule)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        "Bearer realm=\"https://auth.example.com/token\",service=\"registry.example.com\",scope=\"repository:a/b:pull\"",
        "Basic realm=\"a \\\"quoted\\\" realm\" , Bearer realm=x, error = invalid_token",
        "</v2/a/referrers/sha256:aa?n=1&last=b>; rel=\"next\"",
        "<a>; rel=prev, <https://other.example/b>; title=\"x\"; REL = next",
        "https://auth.example.co.uk/token", "http://169.254.169.254/latest", "https://user@auth.example.com/#f", "https://a.registry.example.com.:8443/", "Negotiate");

    public string Check(byte[] input)
    {
        var text = Text.Latin(input);
        return $"{Challenges(text)} | {Link(text)} | {Realm(text)}";
    }

    private static string Challenges(string text)
    {
        try
        {
            var read = ChallengeParser.Parse([text]);
            var written = read.Select(Write).ToArray();
            var again = ChallengeParser.Parse([string.Join(", ", written)]);
            FuzzFailure.UnlessEqual(string.Join('\n', written), string.Join('\n', again.Select(Write)), "challenges survive being written");
            return $"{Outcome.Magnitude(read.Length)} challenges, {read.Any(c => c.IsBearer)}, {read.Any(c => c.IsBasic)}, {Outcome.Magnitude(read.Sum(c => c.Parameters.Count))}";
        }
        catch (FormatException e)
        {
            return Outcome.Refused(e.Message);
        }
    }

    private static string Write(Challenge challenge) => challenge.Scheme + " " + string.Join(", ", challenge.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal)
        .Select(p => $"{p.Key}=\"{p.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));

    private static string Link(string text)
    {
        var next = LinkHeader.Next([text]);
        if (next is not null)
        {
            FuzzFailure.Unless(Targets().Matches(text).Any(match => match.Groups["target"].Value.Trim() == next), "a next page is a target of the header");
            FuzzFailure.Unless(text.Contains("next", StringComparison.OrdinalIgnoreCase), "no page is next that is not called so");
        }

        return next is null ? "no link" : "link";
    }

    private static string Realm(string text)
    {
        var registry = new Uri("https://registry.example.com/v2/");
        var verdict = RealmRule.Judge(registry, text, out var realm);
        FuzzFailure.UnlessEqual(verdict == RealmVerdict.Refused, realm is null, "a refused realm is no address");
        if (verdict == RealmVerdict.Own)
        {
            FuzzFailure.Unless(
                ("." + realm!.IdnHost.TrimEnd('.')).EndsWith(".example.com", StringComparison.OrdinalIgnoreCase) && realm.Scheme == "https", "credentials for example.com stay with it, encrypted");
        }

        return $"realm {verdict}";
    }

    [GeneratedRegex("<(?<target>[^>]*)>", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Targets();
}
