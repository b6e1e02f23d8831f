using System.Globalization;

namespace NodeGate.Benchmarks.Report;

/// <summary>A number that an issue asks for ("Must show"), and what this run measured for it.</summary>
internal sealed record Target(string Name, string Comparison, double Wanted, double Measured)
{
    internal bool IsMet => Comparison == ">=" ? Measured >= Wanted : Measured <= Wanted;

    internal string Verdict => IsMet ? "met" : "not met";

    internal string WantedText => Comparison + " " + Wanted.ToString("0.##", CultureInfo.InvariantCulture);

    internal string MeasuredText => Measured.ToString("0.##", CultureInfo.InvariantCulture);
}
