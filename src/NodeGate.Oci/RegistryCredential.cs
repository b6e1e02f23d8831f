namespace NodeGate.Oci;

/// <summary>
/// The caller's own credentials for one pull, as the CRI hands them over (AuthConfig). Used for that pull only, never kept, never logged:
/// <see cref="ToString"/> shows none of it.
/// </summary>
public sealed class RegistryCredential
{
    /// <summary>The user name, or null.</summary>
    public string? Username { get; init; }

    /// <summary>The password, or null.</summary>
    public string? Password { get; init; }

    /// <summary>An OAuth2 refresh token for the token server, or null.</summary>
    public string? IdentityToken { get; init; }

    /// <summary>The host the credentials are meant for; null means every host of the pull, as containerd has it (cri.md section 3, ParseAuth).</summary>
    public string? ServerAddress { get; init; }

    /// <inheritdoc/>
    public override string ToString() => "RegistryCredential (hidden)";
}
