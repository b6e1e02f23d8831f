namespace NodeGate.CriProxy.Cri.Sandbox;

/// <summary>The image that the runtime starts pods with, as far as it can be known.</summary>
/// <param name="Reference">Its name, or null where nothing tells.</param>
/// <param name="Problem">Why nothing tells, with the fix; null where the name is known.</param>
internal readonly record struct SandboxReference(string? Reference, string? Problem);
