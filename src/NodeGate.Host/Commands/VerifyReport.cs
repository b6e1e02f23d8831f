using System.Text;
using System.Text.Json;
using NodeGate.Policy;
using NodeGate.Verification;

namespace NodeGate.Host.Commands;

/// <summary>Renders a decision for people and as the JSON object of design.md section 4.</summary>
internal static class VerifyReport
{
    /// <summary>One line of JSON with exactly the keys of the contract.</summary>
    internal static string ToJson(Decision decision, TimeSpan duration)
    {
        var shown = decision.Effective;
        return JsonText.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("image", shown.Basis.Image);
            writer.WriteString("digest", shown.Basis.Digest?.ToString());
            writer.WriteString("namespace", shown.Basis.Namespace);
            writer.WriteString("decision", shown.Outcome);
            writer.WriteString("reason", shown.Reason.ToString());
            writer.WriteString("message", shown.Message);
            writer.WriteString("rule", shown.Basis.Rule);
            writer.WriteString("mode", shown.Basis.Mode == PolicyMode.Audit ? "audit" : "enforce");
            writer.WriteString("policyRevision", shown.Basis.PolicyRevision);
            writer.WriteNumber("durationMs", Math.Round(duration.TotalMilliseconds, 3));
            writer.WriteStartArray("authorities");
            foreach (var verdict in shown.Verdicts)
            {
                WriteAuthority(writer, verdict);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <summary>A few lines for people: the answer first, then what each authority came to, and of refused evidence every step.</summary>
    internal static string ToText(Decision decision)
    {
        var shown = decision.Effective;
        var text = new StringBuilder();
        text.Append(shown.Outcome).Append(": ").Append(Terminal.Line(shown.Basis.Image));
        if (shown.Basis.Digest is { } digest)
        {
            text.Append(" (").Append(digest).Append(')');
        }

        text.Append('\n').Append("  reason: ").Append(shown.Reason).Append(": ").Append(Terminal.Line(shown.Message)).Append('\n');
        text.Append("  rule:   ").Append(shown.Basis.Rule ?? "(none matches)");
        text.Append(decision is Decision.Admitted { Observed: not null } ? ", mode audit: let through\n" : "\n");
        foreach (var verdict in shown.Verdicts)
        {
            var attestation = verdict.Attestation is { } wanted ? $"attestation {Terminal.Line(wanted.Type)} by " : "";
            text.Append("  ").Append(attestation).Append("authority ").Append(verdict.Authority).Append(": ").Append(verdict.Outcome).Append(" (").Append(verdict.Reason).Append(")\n");
            foreach (var evidence in verdict.Evidence)
            {
                AppendEvidence(text, evidence);
            }
        }

        return text.ToString();
    }

    private static void WriteAuthority(Utf8JsonWriter writer, AuthorityVerdict verdict)
    {
        writer.WriteStartObject();
        writer.WriteString("name", verdict.Authority);
        writer.WriteString("verdict", verdict.Outcome.ToString());
        writer.WriteString("reason", verdict.Reason.ToString());
        writer.WriteStartArray("evidence");
        foreach (var evidence in verdict.Evidence)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", evidence.Kind.ToWord());
            writer.WriteString("source", evidence.Source.ToString());
            writer.WriteString("outcome", evidence is RejectedEvidence rejected ? rejected.Reason.ToString() : "Verified");
            writer.WriteString("signer", (evidence as VerifiedEvidence)?.Result.Signer);
            writer.WriteStartArray("steps");
            foreach (var step in evidence.Steps)
            {
                writer.WriteStartObject();
                writer.WriteString("step", step.Step);
                writer.WriteString("outcome", Word(step.Outcome));
                writer.WriteString("detail", step.Detail);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void AppendEvidence(StringBuilder text, EvidenceResult evidence)
    {
        text.Append("    ").Append(evidence.Kind.ToWord()).Append(' ').Append(evidence.Source).Append(": ");
        switch (evidence)
        {
            case VerifiedEvidence verified:
                text.Append("verified, signed by ").Append(Terminal.Line(verified.Result.Signer));
                break;
            case RejectedEvidence rejected:
                text.Append(rejected.Reason).Append(" at step ").Append(rejected.Step);
                break;
        }

        text.Append('\n');
        if (evidence is RejectedEvidence)
        {
            foreach (var step in evidence.Steps)
            {
                text.Append("      ").Append($"{Word(step.Outcome),-7}").Append(' ').Append(step.Step).Append(": ").Append(Terminal.Line(step.Detail)).Append('\n');
            }
        }
    }

    private static string Word(StepOutcome outcome) => outcome switch
    {
        StepOutcome.Passed => "passed",
        StepOutcome.Failed => "failed",
        _ => "skipped",
    };
}
