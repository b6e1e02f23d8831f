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

        var server = auth.ServerAddress.Length == 0 ? null : HostOf(auth.ServerAddress);
        if (server is { Length: 0 })
        {
            // Without a scheme Go's url.Parse finds no host, which no registry's host equals: containerd never uses these credentials.
            return null;
        }

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
        return colon < 0
            ? throw new FormatException("AuthConfig.auth has no colon once decoded; expected the base64 of 'user:password'.")
            : new RegistryCredential { Username = decoded[..colon], Password = decoded[(colon + 1)..].Trim('\0'), ServerAddress = server };
    }

    // What Go's url.Parse(address).Host is: the authority without user information, with its port; empty without "//".
    private static string HostOf(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var start = address.StartsWith("//", StringComparison.Ordinal) ? 2 : scheme > 0 ? scheme + 3 : -1;
        if (start < 0)
        {
            return "";
        }

        var authority = address.AsSpan(start);
        var end = authority.IndexOfAny('/', '?', '#');
        authority = end < 0 ? authority : authority[..end];
        return authority[(authority.LastIndexOf('@') + 1)..].ToString();
    }
}
