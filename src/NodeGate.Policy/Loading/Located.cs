namespace NodeGate.Policy.Loading;

/// <summary>A text of the policy and where it stands.</summary>
internal sealed record Located(string Text, PolicyPosition Position);
