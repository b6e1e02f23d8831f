using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeGate.Registry.Toml;

namespace NodeGate.Registry.Hosts;

/// <summary>
/// containerd's <c>certs.d</c> (cri.md section 3.3): finds a registry's folder and reads it. Parsed once and again when a file's time or
/// length changes, so that a mirror rule holds without a restart, as it does in containerd.
/// </summary>
internal sealed class CertsDirectory
{
    private readonly ImmutableArray<string> _roots;
    private readonly HostsFileReader _reader;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _cache = new(StringComparer.Ordinal);

    internal CertsDirectory(string paths, ITomlReader toml, ILogger logger)
    {
        _roots = [.. paths.Split(':', StringSplitOptions.RemoveEmptyEntries)];
        _reader = new HostsFileReader(toml);
        _logger = logger;
    }

    /// <summary>The hosts configured for <paramref name="registry"/>, the server last; null where there is no folder for it.</summary>
    /// <exception cref="IOException">The folder exists and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder exists and may not be read.</exception>
    internal ImmutableArray<HostConfig>? Find(string registry)
    {
        var folder = FindFolder(registry);
        if (folder is null)
        {
            return null;
        }

        lock (_lock)
        {
            if (_cache.TryGetValue(folder, out var entry) && entry.Stamps.All(stamp => stamp.IsCurrent()))
            {
                return entry.Hosts;
            }

            if (_cache.Count >= RegistryLimits.MaxCachedHostFiles)
            {
                _cache.Clear();
            }

            entry = Load(folder);
            _cache[folder] = entry;
            return entry.Hosts;
        }
    }

    private string? FindFolder(string registry)
    {
        foreach (var root in _roots)
        {
            foreach (var name in FolderNames(registry))
            {
                var path = Path.Combine(root, name);
                if (Directory.Exists(path))
                {
                    return path;
                }
            }
        }

        return null;
    }

    private static IEnumerable<string> FolderNames(string registry)
    {
        // host:5000 is looked for as host_5000_ first: ':' is no character for a path everywhere.
        var colon = registry.LastIndexOf(':');
        if (colon > 0)
        {
            yield return registry[..colon] + "_" + registry[(colon + 1)..] + "_";
        }

        yield return registry;
        yield return "_default";
    }

    private Entry Load(string folder)
    {
        var file = Path.Combine(folder, "hosts.toml");

        // Stamps are taken before the content: a change in between is then seen at the next look.
        ImmutableArray<FileStamp> stamps = [FileStamp.Of(folder), FileStamp.Of(file)];
        if (!File.Exists(file))
        {
            return new(stamps, LoadDockerFiles(folder));
        }

        var content = NodeFile.Read(file, RegistryLimits.MaxHostsFileBytes);
        if (content.Length == 0)
        {
            return new(stamps, LoadDockerFiles(folder));
        }

        try
        {
            return new(stamps, _reader.Read(content, folder));
        }
        catch (TomlException e)
        {
            // As containerd: it logs and goes on with docker's certificate files. Another choice would pull from elsewhere than it.
            RegistryLog.HostsFileUnusable(_logger, file, e.Message);
            return new(stamps, LoadDockerFiles(folder));
        }
    }

    private static ImmutableArray<HostConfig> LoadDockerFiles(string folder)
    {
        var authorities = ImmutableArray.CreateBuilder<string>();
        var pairs = ImmutableArray.CreateBuilder<ClientPair>();
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            switch (Path.GetExtension(path))
            {
                case ".crt":
                    authorities.Add(path);
                    break;
                case ".cert":
                    var key = Path.ChangeExtension(path, ".key");
                    pairs.Add(new ClientPair(path, File.Exists(key) ? key : null));
                    break;
            }
        }

        return [new HostConfig { CaFiles = authorities.ToImmutable(), ClientPairs = pairs.ToImmutable() }];
    }

    private sealed record Entry(ImmutableArray<FileStamp> Stamps, ImmutableArray<HostConfig> Hosts);
}
