using System.Collections.Immutable;
using NodeGate.Registry.Toml;

namespace NodeGate.Registry.Hosts;

/// <summary>
/// <c>hosts.toml</c> as containerd reads it (docs/hosts.md): the <c>[host."url"]</c> tables in the order of the file, then the root's
/// <c>server</c>. Keys that containerd does not know are passed over, as containerd does; a value of the wrong kind makes the file unusable.
/// </summary>
internal sealed class HostsFileReader(ITomlReader toml)
{
    /// <exception cref="TomlException">containerd would not take the file either.</exception>
    internal ImmutableArray<HostConfig> Read(ReadOnlyMemory<byte> content, string directory)
    {
        var root = toml.Read(content);
        var hosts = ImmutableArray.CreateBuilder<HostConfig>();
        if (root.TryGet("host", out var tables))
        {
            foreach (var (url, value) in tables.AsTable("host").Entries)
            {
                if (hosts.Count == RegistryLimits.MaxHosts - 1)
                {
                    throw new TomlException(value.Line, $"more than {RegistryLimits.MaxHosts - 1} hosts.");
                }

                if (url.Length == 0)
                {
                    throw new TomlException(value.Line, "a host without a URL.");
                }

                hosts.Add(ReadHost(url, value.Line, value.AsTable(url), directory));
            }
        }

        var server = root.TryGet("server", out var serverValue) ? serverValue.AsString("server") : "";
        hosts.Add(ReadHost(server, serverValue?.Line ?? 1, root, directory));
        return hosts.ToImmutable();
    }

    private static HostConfig ReadHost(string url, int line, TomlTable table, string directory)
    {
        var overridePath = table.TryGet("override_path", out var value) && value.AsBoolean("override_path");
        var host = url.Length == 0 ? new HostConfig() : ReadUrl(url, line, overridePath);
        return host with
        {
            Capabilities = ReadCapabilities(table),
            CaFiles = table.TryGet("ca", out value) ? ReadStrings(value, "ca", directory) : [],
            ClientPairs = table.TryGet("client", out value) ? ReadClient(value, directory) : [],
            SkipVerify = table.TryGet("skip_verify", out value) ? value.AsBoolean("skip_verify") : null,
            Headers = table.TryGet("header", out value) ? ReadHeaders(value) : [],
            DialTimeout = table.TryGet("dial_timeout", out value) ? ReadDuration(value) : null,
        };
    }

    private static HostConfig ReadUrl(string url, int line, bool overridePath)
    {
        // containerd prefixes https:// to whatever does not begin with "http".
        var absolute = url.StartsWith("http", StringComparison.Ordinal) ? url : "https://" + url;
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if ((scheme >= 0 && url[..scheme] is not ("http" or "https")) || !Uri.TryCreate(absolute, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            throw new TomlException(line, $"'{url}' is not the URL of a host: expected http(s)://host[:port][/path].");
        }

        // The authority as written: containerd compares and sends it with its port, also where that is the default one.
        var authority = absolute[(absolute.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var end = authority.AsSpan().IndexOfAny('/', '?', '#');
        authority = end < 0 ? authority : authority[..end];
        authority = authority[(authority.LastIndexOf('@') + 1)..];
        return new HostConfig { Scheme = uri.Scheme, Authority = authority, Path = CleanPath(uri.AbsolutePath, absolute, authority, overridePath) };
    }

    private static string CleanPath(string path, string url, string authority, bool overridePath)
    {
        // Uri reports "/" for no path at all; containerd tells the two apart.
        var written = url.EndsWith(authority, StringComparison.Ordinal) ? "" : path;
        if (written.Length == 0)
        {
            return overridePath ? "" : "/v2";
        }

        var cleaned = "/" + string.Join('/', written.Split('/', StringSplitOptions.RemoveEmptyEntries));
        if (overridePath || cleaned.EndsWith("/v2", StringComparison.Ordinal))
        {
            return cleaned == "/" ? "" : cleaned;
        }

        return cleaned == "/" ? "/v2" : cleaned + "/v2";
    }

    private static HostCapabilities ReadCapabilities(TomlTable table)
    {
        if (!table.TryGet("capabilities", out var value))
        {
            return HostCapabilities.All;
        }

        var result = HostCapabilities.None;
        foreach (var item in value.AsArray("capabilities"))
        {
            var name = item.AsString("capabilities");
            result |= name.ToLowerInvariant() switch
            {
                "pull" => HostCapabilities.Pull,
                "resolve" => HostCapabilities.Resolve,
                "push" => HostCapabilities.Push,
                "referrers" => HostCapabilities.Referrers,
                _ => throw new TomlException(item.Line, $"unknown capability '{name}': expected pull, resolve, push or referrers."),
            };
        }

        return result == HostCapabilities.None ? HostCapabilities.All : result;
    }

    private static ImmutableArray<string> ReadStrings(TomlValue value, string key, string directory) =>
        value.Kind == TomlKind.Array
            ? [.. value.AsArray(key).Select(item => Path.Combine(directory, item.AsString(key)))]
            : [Path.Combine(directory, value.AsString(key))];

    private static ImmutableArray<ClientPair> ReadClient(TomlValue value, string directory)
    {
        if (value.Kind != TomlKind.Array)
        {
            return [new ClientPair(Path.Combine(directory, value.AsString("client")), null)];
        }

        var pairs = ImmutableArray.CreateBuilder<ClientPair>();
        foreach (var item in value.AsArray("client"))
        {
            if (item.Kind != TomlKind.Array)
            {
                pairs.Add(new ClientPair(Path.Combine(directory, item.AsString("client")), null));
                continue;
            }

            var files = ReadStrings(item, "client", directory);
            if (files.Length != 2)
            {
                throw new TomlException(item.Line, $"'client' takes pairs of certificate and key, found {files.Length} files.");
            }

            pairs.Add(new ClientPair(files[0], files[1]));
        }

        return pairs.ToImmutable();
    }

    private static ImmutableArray<KeyValuePair<string, string>> ReadHeaders(TomlValue value)
    {
        var headers = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var (name, entry) in value.AsTable("header").Entries)
        {
            foreach (var item in entry.Kind == TomlKind.Array ? entry.AsArray("header") : [entry])
            {
                var text = item.AsString("header");
                if (!HeaderRules.IsName(name) || !HeaderRules.IsValue(text))
                {
                    throw new TomlException(item.Line, $"header '{name}' is not one that can be sent.");
                }

                headers.Add(new(name, text));
            }
        }

        return headers.ToImmutable();
    }

    private static TimeSpan ReadDuration(TomlValue value)
    {
        var text = value.AsString("dial_timeout");
        return GoDuration.TryParse(text, out var duration) && duration > TimeSpan.Zero
            ? duration
            : throw new TomlException(value.Line, $"'dial_timeout' takes a duration such as \"10s\", found '{text}'.");
    }
}
