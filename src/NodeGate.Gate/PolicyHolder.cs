using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>Holds the policy that was loaded last and was good. Whoever watches the files replaces it.</summary>
public sealed class PolicyHolder : IPolicySource
{
    private volatile PolicyModel _current;

    /// <summary>Starts with <paramref name="policy"/>: there is no gate without one.</summary>
    public PolicyHolder(PolicyModel policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _current = policy;
    }

    /// <inheritdoc/>
    public PolicyModel Current => _current;

    /// <summary>Puts <paramref name="policy"/> in force for every question that is asked from now on.</summary>
    public void Replace(PolicyModel policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _current = policy;
    }
}
