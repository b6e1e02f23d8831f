namespace NodeGate.Testing.Registries;

/// <summary>What a <see cref="TestRegistry"/> has and asks for.</summary>
public sealed record TestRegistryOptions
{
    /// <summary>Without it the registry answers 404 to the referrers API, as docker-registry does.</summary>
    public bool ReferrersApi { get; init; } = true;

    /// <summary>Referrers on one page.</summary>
    public int ReferrersPageSize { get; init; } = 50;

    /// <summary>Asked for with Basic, or at the token server where <see cref="Tokens"/> is set.</summary>
    public string? UserName { get; init; }

    public string? Password { get; init; }

    /// <summary>A refresh token that the token server takes.</summary>
    public string? IdentityToken { get; init; }

    /// <summary>Bearer tokens, from /token of this server unless <see cref="Realm"/> names another.</summary>
    public bool Tokens { get; init; }

    public string? Realm { get; init; }

    /// <summary>What the tokens' answer says; null leaves expires_in out.</summary>
    public int? TokenSeconds { get; init; } = 300;

    /// <summary>The token server gives tokens for pulling to anybody.</summary>
    public bool AnonymousPull { get; init; }

    public ServerOptions Server { get; init; } = new();
}
