namespace NodeGate.Registry.Auth;

/// <summary>What a token realm is to the registry that names it.</summary>
internal enum RealmVerdict
{
    /// <summary>Not to be asked at all.</summary>
    Refused = 0,

    /// <summary>Somebody else's: asked anonymously, never with credentials.</summary>
    Foreign = 1,

    /// <summary>The registry's own token server.</summary>
    Own = 2,
}
