namespace NodeGate.Host.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Outcome">How it came out.</param>
/// <param name="Found">What was found.</param>
/// <param name="Fix">What to do; null where it is as it should be.</param>
internal sealed record DoctorCheck(string Name, CheckOutcome Outcome, string Found, string? Fix)
{
    internal static DoctorCheck Ok(string name, string found) => new(name, CheckOutcome.Ok, found, null);

    internal static DoctorCheck Warning(string name, string found, string fix) => new(name, CheckOutcome.Warning, found, fix);

    internal static DoctorCheck Failed(string name, string found, string fix) => new(name, CheckOutcome.Failed, found, fix);
}
