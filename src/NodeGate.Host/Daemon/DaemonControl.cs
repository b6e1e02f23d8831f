using NodeGate.CriProxy;
using NodeGate.Gate;
using NodeGate.Gate.State;
using NodeGate.Host.Commands;
using NodeGate.Host.Configuration;
using NodeGate.Host.Control;
using NodeGate.Host.Scanning;
using NodeGate.Host.Trust;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Host.Daemon;

/// <summary>What the daemon does for the commands that ask it over the control socket.</summary>
internal sealed class DaemonControl
{
    private readonly DateTimeOffset _startedAt;
    private readonly long _started;

    internal DaemonControl() => (_startedAt, _started) = (Time.GetUtcNow(), Time.GetTimestamp());

    internal required NodeGateConfig Config { get; init; }

    internal required PolicyStore Policy { get; init; }

    internal required DecisionMetrics Metrics { get; init; }

    internal required Ledger Ledger { get; init; }

    internal required IImageGate Gate { get; init; }

    internal required CriProxyServer Server { get; init; }

    internal required NodeScanner Scanner { get; init; }

    internal required TufTrustStore TrustStore { get; init; }

    internal required SandboxImageWatch SandboxImage { get; init; }

    internal ControlActions Actions => new(
        _ => Task.FromResult(Status()),
        (request, cancellationToken) => Scanner.ScanAsync(request, cancellationToken),
        VerifyImageAsync);

    private static TimeProvider Time => TimeProvider.System;

    private StatusReport Status()
    {
        var now = Time.GetUtcNow();
        var policy = Policy.Current;
        var trustRoots = policy.TrustRoots.Select(root => Describe(root, now)).ToList();
        var reachable = Server.IsUpstreamReachable;
        return new StatusReport
        {
            Version = VersionCommand.Version,
            StartedAt = _startedAt,
            UptimeSeconds = (long)Time.GetElapsedTime(_started).TotalSeconds,
            Policy = new StatusReport.PolicyPart(policy.Name, policy.Revision, policy.Rules.Length, Policy.LastErrors),
            TrustRoots = trustRoots,
            Containerd = new StatusReport.ContainerdPart(Config.Upstream, reachable),
            SandboxImage = SandboxImage.Current,
            Exceptions =
            [
                .. ExemptionReminder.EndingSoon(policy, now)
                    .Select(d => new StatusReport.ExceptionPart(d.Exemption.Name, d.Exemption.Owner, d.Exemption.Ticket, d.Exemption.Expires, d.HasEnded)),
            ],
            Ledger = new StatusReport.LedgerPart(Ledger.AdmissionCount, Ledger.PulledCount),
            Decisions = Metrics.Counts(),
            Findings = [.. FindingsOf(trustRoots, reachable)],
        };
    }

    private IEnumerable<string> FindingsOf(IEnumerable<StatusReport.TrustRootPart> trustRoots, bool reachable)
    {
        foreach (var error in Policy.LastErrors)
        {
            yield return $"the policy on disk is not in force: {error}";
        }

        foreach (var root in trustRoots.Where(root => root.Problem is not null || root.Stale))
        {
            yield return $"trust root {root.Name}: {root.Problem ?? $"stale; run 'nodegate trust update {root.Name}'"}";
        }

        if (SandboxImage.Current is { Decision: nameof(Decision.Denied) } sandbox)
        {
            yield return $"the sandbox image {sandbox.Image} is not admitted: {sandbox.Reason}: {sandbox.Message}";
        }

        if (!reachable)
        {
            yield return $"containerd does not take connections on {Config.Upstream}";
        }
    }

    private StatusReport.TrustRootPart Describe(NamedTrustRoot root, DateTimeOffset now)
    {
        var state = root.Tuf is { } source ? TrustStore.State(source) : null;
        return new StatusReport.TrustRootPart(
            root.Name, root.Source, root.TrustRoot.Problem, state?.Refreshed, root.Tuf is not null && (state?.IsStale(now) ?? true));
    }

    private async Task<VerifyImageAnswer> VerifyImageAsync(VerifyImageRequest request, CancellationToken cancellationToken)
    {
        if (request.Name.Length > ControlLimits.NameLength || !Digest.TryParse(request.Digest, out var digest))
        {
            return new VerifyImageAnswer(
                nameof(Decision.Undetermined),
                nameof(DecisionReason.InvalidReference),
                $"expected a name of at most {ControlLimits.NameLength} characters and a digest such as sha256:….");
        }

        var decision = await Gate.JudgeRuntimePullAsync(request.Name, digest, cancellationToken);
        var shown = decision.Effective;
        var letThrough = decision is Decision.Admitted { Observed: not null } ? "let through in audit mode: " : "";
        return new VerifyImageAnswer(decision.Outcome, shown.Reason.ToString(), letThrough + shown.Message);
    }
}
