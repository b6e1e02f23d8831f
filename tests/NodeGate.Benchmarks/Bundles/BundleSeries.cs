using System.Collections.Immutable;

namespace NodeGate.Benchmarks.Bundles;

/// <summary>One kind of bundle, verified again and again on one core by each party in turn.</summary>
/// <param name="Kind">Which log and format.</param>
/// <param name="NodeGate">Verifications a second, round by round.</param>
/// <param name="SigstoreJs">The same of the JavaScript implementation; empty where it does not verify this kind.</param>
/// <param name="Bare">The bare signature verifications that the bundle needs, in sets a second; empty where there is no such number.</param>
/// <param name="BytesPerVerification">What NodeGate allocates for each.</param>
internal sealed record BundleSeries(
    string Kind, ImmutableArray<double> NodeGate, ImmutableArray<double> SigstoreJs, ImmutableArray<double> Bare, double BytesPerVerification)
{
    /// <summary>How many times as many as the JavaScript implementation; null where there is no such number.</summary>
    internal double? ToSigstoreJs => Ratio(NodeGate, SigstoreJs);

    /// <summary>How many times as long as the bare signatures.</summary>
    internal double? ToBare => Ratio(Bare, NodeGate);

    private static double? Ratio(ImmutableArray<double> of, ImmutableArray<double> to) =>
        to.IsEmpty || of.IsEmpty ? null : Statistics.Median(of.Zip(to, (a, b) => a / b));
}
