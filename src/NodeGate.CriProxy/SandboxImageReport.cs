using System.Collections.Immutable;
using NodeGate.Gate;
using NodeGate.Policy;

namespace NodeGate.CriProxy;

/// <summary>What is known of the image that containerd starts pods with.</summary>
/// <param name="Reference">Its name; null where nothing tells.</param>
/// <param name="Image">The image on the node; null where it is not there.</param>
/// <param name="Decisions">What the gate says of it, in the order of the namespaces or rules that were asked for; empty where it could not be asked.</param>
/// <param name="Problem">What keeps the answer from being whole, with the fix; null where nothing does.</param>
public sealed record SandboxImageReport(string? Reference, PresentImage? Image, ImmutableArray<Decision> Decisions, string? Problem)
{
    /// <summary>The first decision that is no admission on the merits, else the first; null where there is none.</summary>
    public Decision? Decision => Decisions.FirstOrDefault(decision => decision.Effective is not Policy.Decision.Admitted) ?? Decisions.FirstOrDefault();
}
