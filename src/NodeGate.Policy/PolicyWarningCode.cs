namespace NodeGate.Policy;

/// <summary>The warnings of <c>nodegate policy lint</c>. Names are stable.</summary>
public enum PolicyWarningCode
{
    /// <summary>Images that no rule matches are allowed.</summary>
    UnmatchedAllow = 0,

    /// <summary>There is no rule.</summary>
    NoRules = 1,

    /// <summary>An <c>allow</c> without a digest trusts whatever the registry serves.</summary>
    AllowWithoutDigest = 2,

    /// <summary>A rule that can never decide, or only where no namespace is known.</summary>
    NeverDecides = 3,

    /// <summary>A namespace pattern without any effect.</summary>
    NamespaceWithoutEffect = 4,

    /// <summary>An authority that no rule names.</summary>
    UnusedAuthority = 5,

    /// <summary>One key in several authorities is one signer.</summary>
    SharedKey = 6,

    /// <summary>A pattern that looks like a regular expression.</summary>
    LooksLikeRegex = 7,

    /// <summary>A pattern that looks like a registry but is a short name.</summary>
    LooksLikeRegistry = 8,

    /// <summary>A wildcard where a registry or an organisation may stand.</summary>
    AmbiguousWildcard = 9,

    /// <summary>A tag pattern that matches every tag, but no reference by digest.</summary>
    EveryTag = 10,

    /// <summary>A rule, or the policy, refuses nothing.</summary>
    AuditOnly = 11,

    /// <summary>An identity's expression that a stranger's identity matches as well.</summary>
    OpenIdentity = 12,

    /// <summary>A trust root that was fetched has not what an authority needs.</summary>
    TrustRootLacks = 13,

    /// <summary>An exception that ends soon.</summary>
    ExceptionEndsSoon = 14,

    /// <summary>An exception that has ended.</summary>
    ExceptionEnded = 15,

    /// <summary>An exception for what is allowed anyway.</summary>
    ExceptionWithoutEffect = 16,
}
