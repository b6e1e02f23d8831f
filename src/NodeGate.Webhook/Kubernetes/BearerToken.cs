using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using NodeGate.Webhook.Certificates;

namespace NodeGate.Webhook.Kubernetes;

/// <summary>The token of a service account as the kubelet mounts and renews it.</summary>
internal static class BearerToken
{
    /// <summary>What stands in a fix where the token does not say whose it is.</summary>
    internal const string UnknownAccount = "NAMESPACE:SERVICEACCOUNT";

    private const string SubjectPrefix = "system:serviceaccount:";

    /// <summary>Reads it; where that fails, <paramref name="error"/> says why.</summary>
    internal static bool TryRead(string? file, [NotNullWhen(true)] out string? token, [NotNullWhen(false)] out string? error)
    {
        token = null;
        error = null;
        try
        {
            var text = file is null ? "" : Encoding.ASCII.GetString(PemFile.Read(file)).Trim();
            // Anything else would be a header of its own.
            token = text.Length > 0 && text.All(c => c is > ' ' and <= '~') ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"the token cannot be read: {e.Message.TrimEnd('.')}; expected automountServiceAccountToken: true in the pod";
        }

        if (token is null)
        {
            error ??= $"'{file}' holds no token";
            return false;
        }

        return true;
    }

    /// <summary><c>NAMESPACE:NAME</c>, for messages only: nothing is decided by what a token says of itself.</summary>
    internal static string ServiceAccountOf(string token)
    {
        var parts = token.Split('.');
        try
        {
            using var claims = JsonDocument.Parse(parts.Length == 3 ? Base64Url.DecodeFromChars(parts[1]) : "{}"u8.ToArray());
            var subject = claims.RootElement.TryGetProperty("sub", out var value) ? value.GetString() : null;
            return subject?.StartsWith(SubjectPrefix, StringComparison.Ordinal) == true
                && subject[SubjectPrefix.Length..].Split(':') is [var space, var name] && KubernetesName.IsLabel(space) && KubernetesName.IsName(name)
                    ? $"{space}:{name}"
                    : UnknownAccount;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return UnknownAccount;
        }
    }
}
