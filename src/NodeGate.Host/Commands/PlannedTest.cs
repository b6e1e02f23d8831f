using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Gate;
using NodeGate.Gate.Recording;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Policy.Testing;

namespace NodeGate.Host.Commands;

/// <summary>A case with what it is judged by.</summary>
/// <param name="File">The file that it is written in.</param>
/// <param name="Case">The case.</param>
/// <param name="Policy">The policy.</param>
/// <param name="Recording">What the registry said; null: nothing is attached to the image.</param>
internal sealed record PlannedTest(string File, PolicyTestCase Case, PolicyModel Policy, ContentRecording? Recording)
{
    /// <summary>Asks the gate as it is, with an empty ledger; what a registry would be asked is answered from the recording.</summary>
    internal async Task<PolicyTestResult> RunAsync(CancellationToken cancellationToken)
    {
        var now = Case.At ?? Recording?.CollectedAt ?? TimeProvider.System.GetUtcNow();
        if (Recording is null)
        {
            return Result(UnsignedImage.Decide(Policy, Case.Image, Case.Digest, Case.Namespace, now), now);
        }

        var time = new FixedTime(now);
        using var ledger = Ledger.Open(new LedgerOptions { Folder = null }, time, NullLogger<Ledger>.Instance);
        var gate = new ImageGate(
            new PolicyHolder(Policy), new RecordedSourceFactory(Recording), ledger, new NoSink(), new GateOptions(), time, NullLogger<ImageGate>.Instance);
        return Result(await gate.DecideAsync(new GateRequest { Image = Case.Image, Namespace = Case.Namespace }, cancellationToken), now);
    }

    private PolicyTestResult Result(Decision decision, DateTimeOffset now)
    {
        var differences = Case.Expected.DifferencesTo(decision).ToList();
        var found = decision.Effective.Basis;
        if (Case.Expected.Rule is { } rule && rule != found.Rule && found.Reference is { } reference)
        {
            differences.Add($"rule {rule}: {WhyNot(rule, reference, found.Digest, now)}");
        }

        return new PolicyTestResult(this, decision, differences);
    }

    private string WhyNot(string rule, ImageReference reference, Digest? digest, DateTimeOffset now) =>
        PolicyExplainer.Explain(Policy, reference, digest, Case.Namespace, now).Rules.FirstOrDefault(r => r.Rule == rule)?.Because
        ?? "The policy has no rule of this name.";
}
