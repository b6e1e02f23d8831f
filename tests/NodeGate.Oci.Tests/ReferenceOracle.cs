using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace NodeGate.Oci.Tests;

/// <summary>
/// The second definition of a reference: the grammar of the distribution project as one anchored expression, with normalisation by
/// putting the default in front and matching again, as Go does it. Slow and short; the hand-written parser must agree with it on any text.
/// </summary>
internal static class ReferenceOracle
{
    private const string Host = @"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
    private const string Component = @"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";

    private static readonly Regex Full = new(
        $@"\A(?<name>(?<registry>(?:{Host}(?:\.{Host})*|\[(?<v6>[a-fA-F0-9:]+)\])(?::(?<port>[0-9]+))?)/(?<repository>{Component}(?:/{Component})*))"
        + @"(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}))?\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);

    private static readonly Regex Identifier = new(@"\A[a-f0-9]{64}\z", RegexOptions.NonBacktracking);

    /// <summary>The normalised reference, or null where the text is not one.</summary>
    internal static string? Normalise(string text)
    {
        if (text.Length > 1024 || Identifier.IsMatch(text))
        {
            return null;
        }

        var parts = text.Split('/', 2);
        var isRegistry = parts.Length == 2
            && (parts[0].Contains('.') || parts[0].Contains(':') || parts[0] == "localhost" || parts[0] != parts[0].ToLowerInvariant());
        var registry = isRegistry ? parts[0] : "docker.io";
        var rest = isRegistry ? parts[1] : text;
        registry = registry == "index.docker.io" ? "docker.io" : registry;
        rest = registry == "docker.io" && !rest.Contains('/') ? "library/" + rest : rest;

        var match = Full.Match(registry + "/" + rest);
        if (!match.Success || match.Groups["name"].Length > 255 || match.Groups["registry"].Value != registry || !CanBeDialled(match))
        {
            return null;
        }

        var suffix = match.Groups["digest"].Success ? "@" + match.Groups["digest"].Value
            : match.Groups["tag"].Success ? ":" + match.Groups["tag"].Value
            : ":latest";
        return match.Groups["name"].Value + suffix;
    }

    private static bool CanBeDialled(Match match)
    {
        var port = match.Groups["port"];
        if (port.Success && !(port.Value.TrimStart('0') is { Length: > 0 and <= 5 } digits && int.Parse(digits, CultureInfo.InvariantCulture) <= 65535))
        {
            return false;
        }

        var host = match.Groups["registry"].Value.Split(':')[0];
        if (IPAddress.TryParse(host, out var v4) && v4.AddressFamily == AddressFamily.InterNetwork && v4.ToString() != host)
        {
            return false;
        }

        var v6 = match.Groups["v6"];
        return !v6.Success || (IPAddress.TryParse(v6.Value, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6);
    }
}
