namespace NodeGate.Registry.Auth;

/// <summary>Anonymous.</summary>
internal sealed class NoCredentials : ICredentialSource
{
    /// <inheritdoc/>
    public HostCredential? For(string authority, string repository) => null;
}
