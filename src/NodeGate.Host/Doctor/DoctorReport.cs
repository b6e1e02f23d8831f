using System.Globalization;
using System.Text;
using System.Text.Json;
using NodeGate.Host.Commands;

namespace NodeGate.Host.Doctor;

/// <summary>What <c>nodegate doctor</c> prints.</summary>
/// <param name="Checks">In the order in which they were made.</param>
internal sealed record DoctorReport(IReadOnlyList<DoctorCheck> Checks)
{
    internal string ToText()
    {
        var text = new StringBuilder();
        foreach (var check in Checks)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Word(check.Outcome),-7}  {check.Name}: {Terminal.Line(check.Found)}\n");
            if (check.Fix is not null)
            {
                text.Append("         fix: ").Append(Terminal.Line(check.Fix)).Append('\n');
            }
        }

        return text.ToString();
    }

    internal string ToJson() => JsonSerializer.Serialize(this, DoctorJson.Line.DoctorReport) + "\n";

    /// <summary>0: all as it should be; 1: warnings; 2: something failed.</summary>
    internal int ToExitCode() => Checks.Min(check => check.Outcome) switch
    {
        CheckOutcome.Ok => ExitCode.Ok,
        CheckOutcome.Warning => ExitCode.Denied,
        _ => ExitCode.Undetermined,
    };

    private static string Word(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Ok => "ok",
        CheckOutcome.Warning => "warning",
        _ => "FAILED",
    };
}
