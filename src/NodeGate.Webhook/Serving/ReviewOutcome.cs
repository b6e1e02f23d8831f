namespace NodeGate.Webhook.Serving;

/// <summary>How a request to judge ended, for the metrics.</summary>
internal enum ReviewOutcome
{
    /// <summary>Allowed as it is.</summary>
    Allowed,

    /// <summary>Allowed, with tags replaced.</summary>
    Patched,

    /// <summary>Refused.</summary>
    Denied,

    /// <summary>Refused because nobody knows.</summary>
    Undetermined,

    /// <summary>Not a request that can be judged: HTTP 4xx.</summary>
    BadRequest,

    /// <summary>No room for its bytes in time: HTTP 503.</summary>
    Overloaded,

    /// <summary>The client went away.</summary>
    GivenUp,

    /// <summary>An error of ours: HTTP 500.</summary>
    Failed,
}
