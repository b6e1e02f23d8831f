using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>The policy that holds now. Read once for each question, so that a reload in the middle cannot mix two policies.</summary>
public interface IPolicySource
{
    /// <summary>The policy.</summary>
    PolicyModel Current { get; }
}
