using Microsoft.Extensions.Logging;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>Writes a decision to the audit log before it is answered, and fails closed where it cannot.</summary>
internal sealed class DecisionRecorder
{
    private readonly IDecisionSink _sink;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    internal DecisionRecorder(IDecisionSink sink, TimeProvider time, ILogger logger)
    {
        _sink = sink;
        _time = time;
        _logger = logger;
    }

    /// <summary>
    /// Records <paramref name="decision"/> and returns what may be answered: itself, or where it would have admitted and could not be
    /// recorded, an undetermined one. A refusal stays what it is. In audit mode the image goes through all the same, as for every other
    /// failure: audit mode never stops a pod, and the error is in the daemon's own log.
    /// </summary>
    internal async ValueTask<Decision> RecordAsync(GateRequest request, RuleMatch? match, Decision decision, long started)
    {
        if (request.IsDryRun)
        {
            return decision;
        }

        try
        {
            await _sink.RecordAsync(DecisionRecord.Of(request.Event, decision, _time.GetElapsedTime(started)) with
            {
                Pod = request.Pod,
                PodUid = request.PodUid,
            });
            return decision;
        }
        catch (NodeGateException e)
        {
            GateEvents.NotRecorded(_logger, decision.Effective.Outcome, decision.Effective.Reason, decision.Basis.Reference?.ToString(), e);
            return decision is Decision.Admitted && match is not null
                ? Decider.Failed(match, decision.Basis, e.Reason, e.Message)
                : decision;
        }
    }
}
