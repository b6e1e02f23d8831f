namespace NodeGate.Fuzz.Engine;

/// <summary>An oracle does not hold. The message states the oracle and what was found instead.</summary>
internal sealed class FuzzFailure(string message) : Exception(message)
{
    /// <summary>Fails where <paramref name="holds"/> is false.</summary>
    public static void Unless(bool holds, string oracle)
    {
        if (!holds)
        {
            throw new FuzzFailure(oracle);
        }
    }

    /// <summary>Fails where two readers, or two readings, give different answers.</summary>
    public static void UnlessEqual<T>(T expected, T found, string oracle)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found))
        {
            throw new FuzzFailure($"{oracle}: expected <{expected}>, found <{found}>");
        }
    }

    /// <summary>The same for bytes.</summary>
    public static void UnlessSame(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> found, string oracle)
    {
        if (!expected.SequenceEqual(found))
        {
            throw new FuzzFailure($"{oracle}: expected {Convert.ToHexStringLower(expected)}, found {Convert.ToHexStringLower(found)}");
        }
    }
}
