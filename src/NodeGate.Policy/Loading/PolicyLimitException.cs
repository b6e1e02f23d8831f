namespace NodeGate.Policy.Loading;

/// <summary>A limit that ends the reading of one file. Never leaves the reader.</summary>
internal sealed class PolicyLimitException(PolicyPosition position, string found, string expected) : Exception(found)
{
    public PolicyPosition Position { get; } = position;

    public string Found { get; } = found;

    public string Expected { get; } = expected;
}
