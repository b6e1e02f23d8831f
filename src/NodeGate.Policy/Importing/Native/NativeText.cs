namespace NodeGate.Policy.Importing.Native;

/// <summary>A value that must be met exactly, or an expression that must match the whole value.</summary>
internal sealed record NativeText(string Text, bool IsRegex);
