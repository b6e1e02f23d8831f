namespace NodeGate.Gate.Collecting;

/// <summary>
/// How many bytes of one kind of evidence one question may still fetch. Spent in a fixed order before the requests run side by side, so
/// that the same registry gives the same answer; therefore each kind has its own.
/// </summary>
internal sealed class EvidenceBudget
{
    private long _left = GateLimits.MaxEvidenceBytesOfAKind;

    /// <summary>Takes what <paramref name="size"/> says, if it is within <paramref name="limit"/> and there is enough left.</summary>
    internal bool TrySpend(long size, int limit)
    {
        if (size > limit || size > _left)
        {
            return false;
        }

        _left -= size;
        return true;
    }
}
