using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NodeGate.Oci;
using NodeGate.Registry.Hosts;

namespace NodeGate.Registry.Auth;

/// <summary>
/// The <c>auths</c> of a docker <c>config.json</c>, each for its own host only. Credential helpers are programs that the file's author
/// names; a root daemon runs none of them, and says so once for each version of the file.
/// </summary>
internal sealed class DockerConfig(string path, ILogger logger) : ICredentialSource
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = RegistryLimits.MaxJsonDepth };

    private readonly Lock _lock = new();
    private FileStamp? _stamp;
    private ImmutableArray<Entry> _entries = [];

    /// <inheritdoc/>
    public HostCredential? For(string authority, string repository)
    {
        var host = Canonical(authority);
        Entry? best = null;
        foreach (var entry in Entries())
        {
            // The longest path wins, as in Kubernetes: registry.example/team is for that team's repositories only.
            if (entry.Host == host && entry.Covers(repository) && (best is null || entry.Path.Length > best.Path.Length))
            {
                best = entry;
            }
        }

        return best?.Credential;
    }

    private ImmutableArray<Entry> Entries()
    {
        lock (_lock)
        {
            if (_stamp is { } known && known.IsCurrent())
            {
                return _entries;
            }

            var stamp = FileStamp.Of(path);
            try
            {
                _entries = stamp.Length < 0 ? [] : Read(NodeFile.Read(path, RegistryLimits.MaxDockerConfigBytes));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException)
            {
                // Going on without it would turn a typing error into "access refused" with no trace of the cause. The parser's own
                // text could quote the file, and with it a secret.
                throw new ContentException(
                    ContentFailure.Unauthorized,
                    $"The docker configuration '{path}' cannot be used ({e.GetType().Name}): expected strict JSON with 'auths' as docker login writes it.");
            }

            _stamp = stamp;
            return _entries;
        }
    }

    private ImmutableArray<Entry> Read(byte[] content)
    {
        using var document = JsonDocument.Parse(content, Strict);
        var root = document.RootElement;
        var helpers = new List<string>();
        if (root.TryGetProperty("credsStore", out var store) && store.GetString() is { Length: > 0 } storeName)
        {
            helpers.Add(storeName);
        }

        if (root.TryGetProperty("credHelpers", out var perHost))
        {
            helpers.AddRange(perHost.EnumerateObject().Select(helper => helper.Name));
        }

        if (helpers.Count > 0)
        {
            RegistryLog.CredentialHelpersIgnored(logger, path, string.Join(", ", helpers));
        }

        if (!root.TryGetProperty("auths", out var auths))
        {
            return [];
        }

        var entries = ImmutableArray.CreateBuilder<Entry>();
        foreach (var auth in auths.EnumerateObject())
        {
            if (ReadCredential(auth.Value) is { } credential)
            {
                var (host, prefix) = Split(auth.Name);
                entries.Add(new Entry(host, prefix, credential));
            }
        }

        return entries.ToImmutable();
    }

    private static HostCredential? ReadCredential(JsonElement element)
    {
        var username = Text(element, "username");
        var password = Text(element, "password");
        if (Text(element, "auth") is { Length: > 0 } encoded)
        {
            var decoded = Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
            var colon = decoded.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new FormatException("Expected user:password in 'auth'.");
            }

            (username, password) = (decoded[..colon], decoded[(colon + 1)..].TrimEnd('\0'));
        }

        // docker login writes a placeholder user beside an identity token; there the token is the credential.
        return Text(element, "identitytoken") is { Length: > 0 } token
            ? HostCredential.Of(null, null, token)
            : HostCredential.Of(username, password, null);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    private static (string Host, string Path) Split(string key)
    {
        var scheme = key.IndexOf("://", StringComparison.Ordinal);
        var rest = (scheme < 0 ? key : key[(scheme + 3)..]).TrimEnd('/');
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (host, prefix) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        return (Canonical(host), prefix is "v1" or "v2" ? "" : prefix);
    }

    private static string Canonical(string host) =>
        host.ToLowerInvariant() is var lower && lower is "docker.io" or "registry-1.docker.io" ? "index.docker.io" : lower;

    private sealed record Entry(string Host, string Path, HostCredential Credential)
    {
        internal bool Covers(string repository) =>
            Path.Length == 0 || repository == Path || repository.StartsWith(Path + "/", StringComparison.Ordinal);
    }
}
