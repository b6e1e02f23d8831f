using NodeGate.Oci;

namespace NodeGate.Registry.Auth;

/// <summary>
/// The credentials of one CRI call, as containerd's ParseAuth hands them out: without a server address to every host of the pull, mirrors
/// included, because that is what containerd does with the same call; with one to the host it names and to no other.
/// </summary>
internal sealed class CallerCredentials(RegistryCredential credential) : ICredentialSource
{
    private readonly HostCredential? _credential = HostCredential.Of(credential.Username, credential.Password, credential.IdentityToken);

    /// <inheritdoc/>
    public HostCredential? For(string authority, string repository) =>
        string.IsNullOrEmpty(credential.ServerAddress) || string.Equals(HostOf(credential.ServerAddress), authority, StringComparison.Ordinal)
            ? _credential
            : null;

    private static string HostOf(string address)
    {
        // Go's url.Parse finds a host after "//" only: an address without scheme names none, and containerd then shows the credentials to nobody.
        var start = address.IndexOf("//", StringComparison.Ordinal);
        if (start < 0 || (start > 0 && address[start - 1] != ':'))
        {
            return "";
        }

        var rest = address[(start + 2)..];
        var end = rest.AsSpan().IndexOfAny('/', '?', '#');
        rest = end < 0 ? rest : rest[..end];
        return rest[(rest.LastIndexOf('@') + 1)..];
    }
}
