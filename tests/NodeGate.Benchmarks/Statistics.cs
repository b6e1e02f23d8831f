namespace NodeGate.Benchmarks;

/// <summary>Medians, because one round in which the machine did something else must not move the result.</summary>
internal static class Statistics
{
    internal static double Median(IEnumerable<double> values) => Percentile(values, 0.5);

    /// <summary>The nearest rank; of an even number of values the lower one.</summary>
    internal static double Percentile(IEnumerable<double> values, double part)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)];
    }
}
