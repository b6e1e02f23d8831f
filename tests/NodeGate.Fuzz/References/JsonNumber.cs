namespace NodeGate.Fuzz.References;

/// <summary>A number as it is written.</summary>
internal sealed record JsonNumber(string Text);
