namespace NodeGate.Webhook.Serving;

/// <summary>The paths that judge.</summary>
internal enum ReviewPath
{
    /// <summary><c>/mutate</c>.</summary>
    Mutate,

    /// <summary><c>/validate</c>.</summary>
    Validate,

    /// <summary><c>/gatekeeper/mutate</c>.</summary>
    GatekeeperMutate,

    /// <summary><c>/gatekeeper/validate</c>.</summary>
    GatekeeperValidate,
}
