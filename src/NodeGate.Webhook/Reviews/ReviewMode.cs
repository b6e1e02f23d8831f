namespace NodeGate.Webhook.Reviews;

/// <summary>What the API server asks for.</summary>
internal enum ReviewMode
{
    /// <summary>Yes or no: <c>/validate</c>.</summary>
    Validate,

    /// <summary>Yes or no, and what is to be changed: <c>/mutate</c>.</summary>
    Mutate,
}
