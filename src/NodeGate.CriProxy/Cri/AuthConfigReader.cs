using System.Text;
using System.Text.Unicode;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.Oci;

namespace NodeGate.CriProxy.Cri;

/// <summary>
/// Reads the CRI's AuthConfig as containerd's ParseAuth does (cri.md section 3): user name and password before identity token before
/// <c>auth</c>; the registry token is ignored. What is used to verify must be what is used to pull, or one could see what the other cannot.
/// </summary>
internal static class AuthConfigReader
{
    /// <summary>The credentials, or null where containerd would pull anonymously.</summary>
    /// <exception cref="FormatException"><c>auth</c> is needed and is not base64 of <c>user:password</c>; the message has nothing of its content.</exception>
    public static RegistryCredential? Read(AuthConfig? auth)
    {
        if (auth is null)
        {
            return null;
        }

        // As it was written: the registry client finds its host as containerd does, and shows the credentials to no other.
        var server = auth.ServerAddress.Length == 0 ? null : auth.ServerAddress;
        if (auth.Username.Length > 0)
        {
            return new RegistryCredential { Username = auth.Username, Password = auth.Password, ServerAddress = server };
        }

        if (auth.IdentityToken.Length > 0)
        {
            return new RegistryCredential { IdentityToken = auth.IdentityToken, ServerAddress = server };
        }

        return auth.Auth.Length > 0 ? ReadPair(auth.Auth, server) : null;
    }

    private static RegistryCredential ReadPair(string encoded, string? server)
    {
        // No exception of the decoders is passed on: their texts could quote the secret.
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length) || !Utf8.IsValid(bytes.AsSpan(0, length)))
        {
            throw new FormatException("AuthConfig.auth is not base64 of UTF-8 text; expected the base64 of 'user:password'.");
        }

        var decoded = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = decoded.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            throw new FormatException("AuthConfig.auth has no colon once decoded; expected the base64 of 'user:password'.");
        }

        // A secret without a user is a refresh token to containerd's authorizer, wherever it came from.
        var secret = decoded[(colon + 1)..].Trim('\0');
        return colon == 0
            ? new RegistryCredential { IdentityToken = secret, ServerAddress = server }
            : new RegistryCredential { Username = decoded[..colon], Password = secret, ServerAddress = server };
    }
}
