using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Kubelet;

/// <summary>How far a container came: what stopped it, the answer to its pull where there was one, and what says as which user it runs.</summary>
internal sealed record ContainerStart(string? Failure, CriReply? Pull, CriImage? ForUser);
