using NodeGate.Gate;

namespace NodeGate.CriProxy.Cri.Containers;

/// <summary>An image that was admitted, as it was when it was judged.</summary>
/// <param name="Asked">What the request says.</param>
/// <param name="Present">What containerd had under that.</param>
internal sealed record JudgedImage(AskedImage Asked, PresentImage Present)
{
    /// <summary>False where containerd would now use something else for the same text than what was judged.</summary>
    public bool IsStill(PresentImage now) =>
        string.Equals(now.Id, Present.Id, StringComparison.Ordinal) && now.Names.SequenceEqual(Present.Names);
}
