namespace NodeGate.Testing.RealParts;

/// <summary>runtime.v1.ContainerState.</summary>
public enum CriContainerState
{
    Created = 0,
    Running = 1,
    Exited = 2,
    Unknown = 3,
}
