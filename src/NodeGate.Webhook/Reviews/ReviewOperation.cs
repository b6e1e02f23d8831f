namespace NodeGate.Webhook.Reviews;

/// <summary>The operation under review (<c>request.operation</c>).</summary>
internal enum ReviewOperation
{
    /// <summary>CREATE.</summary>
    Create,

    /// <summary>UPDATE.</summary>
    Update,

    /// <summary>DELETE.</summary>
    Delete,

    /// <summary>CONNECT, to a running pod or to a proxy.</summary>
    Connect,
}
