using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>The one use case. Edges call only this.</summary>
public interface IImageGate
{
    /// <summary>
    /// Decides on <paramref name="request"/>: match, resolve once, ledger, evidence, verify, decide, record (design.md section 2, steps 2 to 8).
    /// The ledger and the audit log are written before it returns. Expected and environmental failures are decisions, not exceptions.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up; nothing was decided.</exception>
    Task<Decision> DecideAsync(GateRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Remembers that the pull of <paramref name="admitted"/> succeeded as <paramref name="imageId"/> (step 9): the image is shown under the
    /// reference that was asked for, and under its ID, from now on; for ten minutes whatever happens to policy or ledger (step 11).
    /// </summary>
    ValueTask RecordPulledAsync(Decision.Admitted admitted, string imageId);

    /// <summary>
    /// Judges an image that is on the node against ledger and policy (step 11). Contacts no registry. ImageStatus carries no namespace, so an
    /// image is shown when any rule that could decide for the reference in some namespace admits it.
    /// </summary>
    ValueTask<Presence> JudgePresentAsync(PresentImage image, CancellationToken cancellationToken);
}
