using System.Collections.Immutable;
using NodeGate.Oci;
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
    /// Judges an image that is on the node against ledger and policy (step 11). Contacts a registry only where an admission has lapsed that the
    /// rule allows to be used in an outage. ImageStatus carries no namespace, so an image is shown when any rule that could decide for the
    /// reference in some namespace admits it.
    /// </summary>
    ValueTask<Presence> JudgePresentAsync(PresentImage image, CancellationToken cancellationToken);

    /// <summary>
    /// Judges the image that a container would run, for the pod's own namespace (step 12): from rule and ledger, and only then with the
    /// registry, by digest and without the pod's credentials, which the runtime does not have any more. Recorded before it returns.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up; nothing was decided.</exception>
    Task<Decision> JudgeContainerAsync(ContainerRequest request, CancellationToken cancellationToken);

    /// <summary>The pull of <paramref name="image"/> is under way until what comes back is disposed; see <see cref="JudgeRuntimePullAsync"/>.</summary>
    IDisposable EnterPull(AdmittedImage image);

    /// <summary>
    /// The question of the runtime's own verifier plugin about a pull of <paramref name="name"/> that it resolved to <paramref name="digest"/>:
    /// admitted where it is one that is under way for this gate, else judged as for any namespace, without credentials, and recorded.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up; nothing was decided.</exception>
    Task<Decision> JudgeRuntimePullAsync(string name, Digest digest, CancellationToken cancellationToken);

    /// <summary>
    /// Judges an image on the node for <c>scan</c>: one decision for each of <paramref name="namespaces"/>; where there are none, one for each rule
    /// that could decide in some namespace. Verifies what it must, so that the ledger knows it; writes no audit record.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    Task<ImmutableArray<Decision>> ExamineAsync(PresentImage image, ImmutableArray<string> namespaces, CancellationToken cancellationToken);
}
