using NodeGate.Oci;

namespace NodeGate.Registry.Auth;

/// <summary>Which credential a host may see.</summary>
internal interface ICredentialSource
{
    /// <exception cref="ContentException">The credentials cannot be read.</exception>
    HostCredential? For(string authority, string repository);
}
