namespace NodeGate.Policy;

/// <summary>One policy file as the caller read it. It may hold several documents.</summary>
/// <param name="Path">The file's name, for errors and for keys that are named relative to it.</param>
/// <param name="Content">Its bytes; read no more than <see cref="PolicyLimits.MaxFileBytes"/> and one.</param>
public sealed record PolicyFile(string Path, ReadOnlyMemory<byte> Content);
