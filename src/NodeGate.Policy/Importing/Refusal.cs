namespace NodeGate.Policy.Importing;

/// <summary>Why something cannot be kept, and what its author can write by hand instead.</summary>
internal sealed record Refusal(string Why, string ByHand);
