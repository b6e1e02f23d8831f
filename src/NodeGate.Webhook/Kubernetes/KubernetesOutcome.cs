namespace NodeGate.Webhook.Kubernetes;

/// <summary>How a question to the API server ended.</summary>
internal enum KubernetesOutcome
{
    /// <summary>No connection came about, or it broke.</summary>
    Unreachable,

    /// <summary>It took longer than it may.</summary>
    TimedOut,

    /// <summary>The server's certificate is of no authority that counts, or for another name.</summary>
    Untrusted,

    /// <summary>Our token or the authorities could not be read.</summary>
    NoCredentials,

    /// <summary>401: the token does not count.</summary>
    Unauthorized,

    /// <summary>403: this service account may not.</summary>
    Forbidden,

    /// <summary>404.</summary>
    NotFound,

    /// <summary>409: somebody else was quicker.</summary>
    Conflict,

    /// <summary>Another refusal, a redirection among them.</summary>
    Refused,

    /// <summary>429 or 5xx: later, perhaps.</summary>
    Unavailable,

    /// <summary>An answer beyond <see cref="WebhookLimits.MaxObjectBytes"/>.</summary>
    TooLarge,

    /// <summary>An answer that is no JSON object.</summary>
    Malformed,

    /// <summary>Done, and the answer is there.</summary>
    Done,
}
