namespace NodeGate.Testing.RealParts;

/// <summary>runtime.v1.ContainerStatus, the fields that tests look at.</summary>
public sealed record CriContainerStatus(CriContainerState State, int ExitCode, string Image, string ImageRef, string Reason, string Message);
