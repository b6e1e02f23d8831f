using System.Text;

namespace NodeGate.Registry.Auth;

/// <summary>What may be shown to one host, and to the token server that is its own. Never logged: <see cref="ToString"/> shows none of it.</summary>
internal sealed class HostCredential
{
    private HostCredential(string username, string secret, bool isIdentityToken)
    {
        Username = username;
        Secret = secret;
        IsIdentityToken = isIdentityToken;
    }

    internal string Username { get; }

    internal string Secret { get; }

    /// <summary>The secret is an OAuth2 refresh token: for a token server only, never for the registry.</summary>
    internal bool IsIdentityToken { get; }

    /// <summary>As containerd's ParseAuth: a user name wins over an identity token; neither is no credential.</summary>
    internal static HostCredential? Of(string? username, string? password, string? identityToken) =>
        !string.IsNullOrEmpty(username) ? new(username, password ?? "", false)
        : !string.IsNullOrEmpty(identityToken) ? new("", identityToken, true)
        : null;

    internal string BasicHeader() => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Username + ":" + Secret));

    /// <inheritdoc/>
    public override string ToString() => "HostCredential (hidden)";
}
