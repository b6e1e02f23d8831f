using System.Globalization;
using System.Text;
using NodeGate.Fuzz.Engine;
using NodeGate.Registry.Hosts;
using NodeGate.Registry.Toml;

namespace NodeGate.Fuzz.Targets.Registry;

/// <summary>
/// hosts.toml. Oracles: what is read is written as the plainest TOML that there is, and read again as the same; reading hosts throws nothing but
/// TomlException and ends with the server; no path leaves the alternatives that containerd has.
/// </summary>
internal sealed class TomlTarget : IFuzzTarget
{
    public string Name => "hosts-toml";

    public IReadOnlyList<Type> Parsers => [typeof(TomlReader), typeof(TomlParser), typeof(TomlScanner), typeof(HostsFileReader), typeof(GoDuration), typeof(HeaderRules)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        """
        server = "https://registry-1.docker.io"
        ca = ["/etc/ca.pem", 'other.pem']
        skip_verify = false

        [host."https://mirror.example:5000/v2/x"]
          capabilities = ["pull", "resolve"]
          override_path = true
          dial_timeout = "1m30.5s"
          client = [["/c.crt", "/c.key"], "/both.pem"]
          [host."https://mirror.example:5000/v2/x".header]
            x-a = ["1", "2"]
            x-b = "3"
        [host.plain]
        """,
        "a.b.\"c d\" = {x = 1, y = [true, {z = '''raw'''}], t = 1979-05-27T07:32:00Z}\n# comment\ns = \"\\u00e9\\n\\\"\"\nm = \"\"\"\nline \\\n  folded\"\"\"\n[t]\r\nf = -1.5e3\n");

    public string Check(byte[] input)
    {
        TomlTable table;
        try
        {
            table = new TomlReader().Read(input);
        }
        catch (TomlException e)
        {
            return Outcome.Refused(e.Message);
        }

        var written = Write(table);
        TomlTable again;
        try
        {
            again = new TomlReader().Read(Encoding.UTF8.GetBytes(written));
        }
        catch (TomlException e)
        {
            throw new FuzzFailure($"what was read can be written and read again: {e.Message}\n{written}");
        }

        FuzzFailure.UnlessEqual(written, Write(again), "what was read and written is read as the same");
        return $"TOML, {Hosts(input)}";
    }

    private static string Hosts(byte[] input)
    {
        try
        {
            var hosts = new HostsFileReader(new TomlReader()).Read(input, "/etc/containerd/certs.d/x");
            FuzzFailure.Unless(hosts.All(host => host.Authority is null || !host.Authority.Contains('/', StringComparison.Ordinal)), "an authority has no path");
            FuzzFailure.Unless(hosts.All(host => host.Path is null or "" || (host.Path[0] == '/' && !host.Path.EndsWith('/'))), "a path begins with a slash and ends with none");
            return $"{Outcome.Magnitude(hosts.Length)} hosts, {hosts[0].Capabilities}, {hosts[0].SkipVerify}, {hosts[0].Headers.Length}, {hosts[0].ClientPairs.Length}";
        }
        catch (TomlException e)
        {
            return Outcome.Refused(e.Message);
        }
    }

    private static string Write(TomlTable table) => string.Concat(table.Entries.Select(entry => $"{Quote(entry.Key)} = {Write(entry.Value)}\n"));

    private static string Write(TomlValue value) => value.Kind switch
    {
        TomlKind.String => Quote(value.AsString("")),
        TomlKind.Boolean => value.AsBoolean("") ? "true" : "false",
        TomlKind.Array => "[" + string.Join(", ", value.AsArray("").Select(Write)) + "]",
        TomlKind.Table => "{" + string.Join(", ", value.AsTable("").Entries.Select(entry => $"{Quote(entry.Key)} = {Write(entry.Value)}")) + "}",
        // Its text is kept for nobody, so any number will do.
        _ => "0",
    };

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value is >= ' ' and <= '~' and not ('"' or '\\') ? rune.ToString() : "\\U" + rune.Value.ToString("x8", CultureInfo.InvariantCulture));
        }

        return quoted.Append('"').ToString();
    }
}
