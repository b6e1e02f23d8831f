namespace NodeGate.Testing.Kubernetes;

/// <summary>What <see cref="ApiServer"/> does wrong with a request.</summary>
public enum ApiFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>No answer until the client gives up.</summary>
    Hangs,

    /// <summary>403, as RBAC refuses.</summary>
    Forbidden,

    /// <summary>409, as when somebody else was quicker.</summary>
    Conflict,

    /// <summary>500.</summary>
    InternalError,

    /// <summary>An answer of five mebibytes.</summary>
    Oversized,

    /// <summary>200 with HTML, as a proxy in between would answer.</summary>
    NotJson,

    /// <summary>302 to another place of this server.</summary>
    Redirect,
}
