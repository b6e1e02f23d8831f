using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using NodeGate.Oci;

namespace NodeGate.Webhook.Kubernetes;

/// <summary>Reads the entries of a Secret of type <c>kubernetes.io/dockerconfigjson</c> or <c>kubernetes.io/dockercfg</c>.</summary>
internal static class DockerSecret
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <exception cref="FormatException">It holds none; the message says what was expected and quotes nothing of it.</exception>
    internal static ImmutableArray<PullEntry> Read(JsonElement secret)
    {
        var key = JsonMembers.Text(secret, "type") switch
        {
            "kubernetes.io/dockerconfigjson" => ".dockerconfigjson",
            "kubernetes.io/dockercfg" => ".dockercfg",
            _ => throw new FormatException("is of another type than kubernetes.io/dockerconfigjson (make it with 'kubectl create secret docker-registry')"),
        };
        if (JsonMembers.Member(secret, "data", JsonValueKind.Object) is not { } data || JsonMembers.Member(data, key, JsonValueKind.String) is not { } encoded
            || !encoded.TryGetBytesFromBase64(out var content) || content.Length == 0)
        {
            throw new FormatException($"has no '{key}' in its data");
        }

        if (content.Length > WebhookLimits.MaxPullSecretBytes)
        {
            throw new FormatException($"has {content.Length} bytes in '{key}'; at most {WebhookLimits.MaxPullSecretBytes} are read");
        }

        try
        {
            using var document = JsonDocument.Parse(content, Strict);
            var auths = document.RootElement;
            if (key == ".dockerconfigjson")
            {
                auths = auths.TryGetProperty("auths", out var inner) ? inner : throw new FormatException($"has no 'auths' in '{key}'");
            }

            return ReadEntries(auths, key);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The parser's own text would quote the secret.
            throw new FormatException($"holds something else than strict JSON of a docker configuration in '{key}'", e);
        }
    }

    private static ImmutableArray<PullEntry> ReadEntries(JsonElement auths, string key)
    {
        var entries = ImmutableArray.CreateBuilder<PullEntry>();
        foreach (var auth in auths.EnumerateObject())
        {
            if (entries.Count == WebhookLimits.MaxPullSecretEntries)
            {
                throw new FormatException($"has more than {WebhookLimits.MaxPullSecretEntries} entries in '{key}'");
            }

            if (PullEntry.Create(auth.Name, Credential(auth.Value)) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries.ToImmutable();
    }

    private static RegistryCredential Credential(JsonElement entry)
    {
        var (username, password) = (Text(entry, "username"), Text(entry, "password"));
        if (Text(entry, "auth") is { Length: > 0 } auth)
        {
            (username, password) = Decode(auth);
        }

        // docker login writes a placeholder user beside an identity token; there the token is the credential.
        return Text(entry, "identitytoken") is { Length: > 0 } token
            ? new RegistryCredential { IdentityToken = token }
            : new RegistryCredential { Username = username, Password = password };
    }

    /// <summary>Base64 of <c>user:password</c>, with or without padding and line ends, as Go's decoder takes it.</summary>
    private static (string Username, string Password) Decode(string auth)
    {
        var text = auth.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).TrimEnd('=');
        var buffer = new byte[text.Length];
        var padded = Encoding.UTF8.GetBytes(text + (text.Length % 4) switch { 2 => "==", 3 => "=", _ => "" });
        var decoded = Base64.DecodeFromUtf8(padded, buffer, out _, out var written) == OperationStatus.Done ? Encoding.UTF8.GetString(buffer, 0, written) : "";
        var colon = decoded.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? throw new FormatException("has an entry whose 'auth' is no base64 of user:password")
            : (decoded[..colon], decoded[(colon + 1)..]);
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;
}
