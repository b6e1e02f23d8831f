using System.Globalization;
using System.Text;
using NodeGate.Host.Control;
using NodeGate.Verification.Strict;

namespace NodeGate.Host.Commands;

/// <summary>The status for people: one line for each part, then what is not as it should be.</summary>
internal static class StatusText
{
    internal static string Of(StatusReport status)
    {
        var text = new StringBuilder();
        Line(text, "nodegate", $"{status.Version}, up {Uptime(status.UptimeSeconds)} since {Shown.Time(status.StartedAt)}");
        Line(text, "policy", $"{status.Policy.Name}, {status.Policy.Rules} rules, revision {status.Policy.Revision}");
        Line(text, "containerd", $"{status.Containerd.Socket}, {(status.Containerd.Reachable ? "reachable" : "not reachable")}");
        foreach (var root in status.TrustRoots)
        {
            var refreshed = root.Refreshed is { } at ? $", verified {Shown.Time(at)}" : "";
            Line(text, "trust root", $"{root.Name} ({root.Source}){refreshed}{(root.Stale ? ", stale" : "")}{(root.Problem is null ? "" : ", not usable")}");
        }

        if (status.SandboxImage is { } sandbox)
        {
            Line(text, "sandbox image", $"{sandbox.Image ?? "(not known)"}: {sandbox.Decision}: {sandbox.Reason}: {sandbox.Message}");
        }

        foreach (var exception in status.Exceptions)
        {
            var ticket = exception.Ticket is null ? "" : $" ({exception.Ticket})";
            Line(text, "exception", $"{exception.Name} of {exception.Owner}{ticket} {(exception.Ended ? "ended" : "ends")} {Shown.Time(exception.Expires)}");
        }

        Line(text, "ledger", $"{status.Ledger.Admissions} admissions, {status.Ledger.Pulled} pulled images");
        foreach (var decision in status.Decisions)
        {
            Line(text, "decisions", $"{decision.Event} {decision.Decision} {decision.Reason}: {decision.Count}");
        }

        foreach (var finding in status.Findings)
        {
            Line(text, "FINDING", finding);
        }

        return text.ToString();
    }

    private static string Uptime(long seconds) => TimeSpan.FromSeconds(seconds).ToString(@"d\d\ hh\:mm\:ss", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, string part, string what) =>
        text.Append(CultureInfo.InvariantCulture, $"{part + ":",-15}").Append(Terminal.Line(what)).Append('\n');
}
