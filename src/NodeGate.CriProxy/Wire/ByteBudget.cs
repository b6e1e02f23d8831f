namespace NodeGate.CriProxy.Wire;

/// <summary>An amount that many calls share; taken and given back without a lock.</summary>
internal sealed class ByteBudget(long total)
{
    private long _left = total;

    public bool TryTake(long amount)
    {
        if (Interlocked.Add(ref _left, -amount) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref _left, amount);
        return false;
    }

    public void Return(long amount) => Interlocked.Add(ref _left, amount);
}
