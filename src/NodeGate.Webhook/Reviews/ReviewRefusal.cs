namespace NodeGate.Webhook.Reviews;

/// <summary>Why an object is not taken, as the <c>status</c> of the answer says it (meta/v1 Status).</summary>
/// <param name="Code">403, or 503 where nobody knows.</param>
/// <param name="Reason">The API's word for it.</param>
/// <param name="Message">What the author reads.</param>
internal sealed record ReviewRefusal(int Code, string Reason, string Message)
{
    /// <summary>The policy, or the object itself, is against it.</summary>
    internal static ReviewRefusal Forbidden(string message) => new(403, "Forbidden", message);

    /// <summary>It could not be found out: trying again may help.</summary>
    internal static ReviewRefusal Unavailable(string message) => new(503, "ServiceUnavailable", message);
}
