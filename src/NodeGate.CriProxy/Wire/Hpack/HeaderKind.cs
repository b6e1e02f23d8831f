namespace NodeGate.CriProxy.Wire.Hpack;

/// <summary>The fields that the relay itself looks at; found once per distinct field, not once per call.</summary>
internal enum HeaderKind
{
    Other = 0,
    Method,
    Scheme,
    Authority,
    Path,
    Status,

    /// <summary>A name that starts with a colon and is none of RFC 9113 section 8.3.</summary>
    UnknownPseudo,
    ContentType,
    Te,
    GrpcTimeout,
    GrpcStatus,
    GrpcMessage,

    /// <summary>connection, proxy-connection, keep-alive, transfer-encoding, upgrade: forbidden by RFC 9113 section 8.2.2.</summary>
    ConnectionSpecific,

    /// <summary>Differs from call to call: indexing it would only push useful entries out of the peer's table.</summary>
    Volatile,
}
