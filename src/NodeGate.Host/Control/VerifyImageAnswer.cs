namespace NodeGate.Host.Control;

/// <summary>The answer to containerd's image-verifier plugin.</summary>
/// <param name="Decision"><c>Admitted</c>, <c>Denied</c> or <c>Undetermined</c>.</param>
/// <param name="Reason">The stable reason.</param>
/// <param name="Message">The sentence for people.</param>
internal sealed record VerifyImageAnswer(string Decision, string Reason, string Message);
