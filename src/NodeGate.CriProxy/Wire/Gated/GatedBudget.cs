namespace NodeGate.CriProxy.Wire.Gated;

/// <summary>What the gated calls of all connections share.</summary>
internal sealed class GatedBudget(WireLimits limits)
{
    public ByteBudget Calls { get; } = new(limits.GatedCalls);

    public ByteBudget LongCalls { get; } = new(limits.LongGatedCalls);

    public ByteBudget Bytes { get; } = new(limits.GatedBytes);
}
