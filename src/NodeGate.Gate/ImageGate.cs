using Microsoft.Extensions.Logging;
using NodeGate.Gate.Scheduling;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>The use case: may this reference be pulled here, and as which digest? Safe for concurrent use.</summary>
/// <remarks>
/// The steps are those of design.md section 2:
/// (2) parse the reference as containerd does; (3) match the one rule, and answer from it alone where it is static; (4) resolve the tag
/// once, and match again with the digest; (5) ask the ledger; (6) collect evidence; (7) verify it; (8) decide, write ledger and audit log.
/// (9) An edge pulls what was admitted and says so with <see cref="RecordPulledAsync"/>; (11) it asks <see cref="JudgePresentAsync"/> about
/// what is on the node.
/// Fail closed: what goes wrong on the way is an undetermined decision with its name.
/// </remarks>
public sealed class ImageGate : IImageGate
{
    private readonly IPolicySource _policies;
    private readonly IImageSourceFactory _sources;
    private readonly Ledger _ledger;
    private readonly DenialCache _denials;
    private readonly DecisionRecorder _recorder;
    private readonly GateOptions _options;
    private readonly TimeProvider _time;
    private readonly FairSlots _slots;
    private readonly VerificationFlights _flights = new();
    private readonly ImageVerifier _verifier;
    private readonly PresenceJudge _presence;

    /// <summary>Creates the gate. It owns none of its parts.</summary>
    public ImageGate(
        IPolicySource policies,
        IImageSourceFactory sources,
        Ledger ledger,
        IDecisionSink sink,
        GateOptions options,
        TimeProvider time,
        ILogger<ImageGate> logger)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        _policies = policies;
        _sources = sources;
        _ledger = ledger;
        _options = options;
        _time = time;
        _recorder = new DecisionRecorder(sink, time, logger);
        _denials = new DenialCache(options.DeniedFor, time);
        _slots = new FairSlots(
            GateLimits.MaxConcurrent, GateLimits.MaxConcurrentPerRegistry, GateLimits.MaxQueued, GateLimits.MaxQueuedPerRegistry);
        _verifier = new ImageVerifier(sources, ledger, _denials, _slots, time);
        _presence = new PresenceJudge(ledger, _denials, _recorder, time, logger);
    }

    /// <inheritdoc/>
    public async Task<Decision> DecideAsync(GateRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var started = _time.GetTimestamp();
        var policy = _policies.Current;

        // Step 2.
        if (!ImageReference.TryParse(request.Image, out var reference, out var error))
        {
            var refused = Decider.InvalidReference(policy, request.Image, request.Namespace, error);
            return await _recorder.RecordAsync(request, null, refused, started);
        }

        // Step 3.
        var match = policy.Match(reference, null, request.Namespace, _time.GetUtcNow());
        if (Decider.FromStatic(match, BasisOf(match, request, reference, null)) is { } byRule)
        {
            return await _recorder.RecordAsync(request, match, byRule, started);
        }

        // The deadline covers everything that waits for somebody else; an answer that is there when it passes still counts.
        using var late = new CancellationTokenSource(_options.TotalDeadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var (decided, decision) = await JudgeAsync(request, policy, reference, match, started, either.Token, cancellationToken);
        return await _recorder.RecordAsync(request, decided, decision, started);
    }

    /// <inheritdoc/>
    public async ValueTask RecordPulledAsync(Decision.Admitted admitted, string imageId)
    {
        ArgumentNullException.ThrowIfNull(admitted);
        ArgumentException.ThrowIfNullOrEmpty(imageId);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(imageId.Length, GateLimits.MaxImageIdLength, nameof(imageId));

        // Step 9.
        await _ledger.RecordPulledAsync(admitted.Image.Reference, imageId, admitted.Image.Digest);
    }

    /// <inheritdoc/>
    public ValueTask<Presence> JudgePresentAsync(PresentImage image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        cancellationToken.ThrowIfCancellationRequested();

        // Step 11. Nothing in it waits for anybody but the disk, so it is not given up half-way.
        return _presence.JudgeAsync(_policies.Current, image);
    }

    internal static string TooLate(ImageReference reference) =>
        $"No decision about {reference} could be made in time; the registry is too slow or too many images are verified at once. Try again.";

    private static DecisionBasis BasisOf(RuleMatch match, GateRequest request, ImageReference reference, Digest? digest) =>
        match.Basis(request.Image, reference, digest, request.Namespace);

    private async Task<(RuleMatch Match, Decision Decision)> JudgeAsync(
        GateRequest request,
        PolicyModel policy,
        ImageReference reference,
        RuleMatch match,
        long started,
        CancellationToken withDeadline,
        CancellationToken cancellationToken)
    {
        var basis = BasisOf(match, request, reference, null);
        try
        {
            // Step 4. A digest is its own resolution; whether the registry has it shows when evidence is collected.
            IImageSource? source = null;
            FetchedManifest? resolved = null;
            if (reference.Digest is null)
            {
                using var slot = await _slots.EnterAsync(reference.Registry, withDeadline);
                source = _sources.Open(reference, request.Credential);
                resolved = await source.ResolveAsync(reference, withDeadline);
            }

            var digest = reference.Digest ?? resolved!.Descriptor.Digest;
            match = policy.Match(reference, digest, request.Namespace, _time.GetUtcNow());
            basis = BasisOf(match, request, reference, digest);
            if (Decider.FromStatic(match, basis) is { } byRule)
            {
                return (match, byRule);
            }

            // A rule that requires evidence has a name.
            var key = new AdmissionKey(reference.Name, digest, match.Rule!, policy.Revision, policy.TrustRevision);
            var question = new Question(request, reference, digest, match, basis, key);

            // Step 5.
            return (match, AskLedger(question) ?? await VerifyAsync(question, source, resolved, started, withDeadline));
        }
        catch (NodeGateException e)
        {
            return (match, Decider.Failed(match, basis, e.Reason, e.Message));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (match, Decider.Failed(match, basis, DecisionReason.TimedOut, TooLate(reference)));
        }
    }

    private Decision? AskLedger(Question question)
    {
        if ((_ledger.FindAdmission(question.Key) ?? _ledger.FindAdmission(question.TagKey)) is { } admission)
        {
            return Decider.FromLedger(question.Match, question.Basis, admission.Signers);
        }

        return (_denials.Find(question.Key) ?? _denials.Find(question.TagKey)) is { } denial
            ? Decider.FromLedgerRefusal(question.Match, question.Basis, denial.Reason, denial.Message)
            : null;
    }

    private async Task<Decision> VerifyAsync(
        Question question, IImageSource? source, FetchedManifest? resolved, long started, CancellationToken cancellationToken)
    {
        // Steps 6 to 8. The work may outlive this caller, so it has its own clock and not this caller's cancellation.
        var left = _options.TotalDeadline - _time.GetElapsedTime(started);
        var deadline = left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
        // By tag, because only the signatures will tell whether they depend on it.
        var outcome = await _flights.RunAsync(
            question.TagKey,
            question.Request.Credential,
            nobodyWaits => _verifier.VerifyAsync(question, source, resolved, deadline, nobodyWaits),
            cancellationToken);
        return outcome.Failure is { } failure
            ? Decider.Failed(question.Match, question.Basis, failure.Reason, failure.Detail)
            : Decider.FromVerdicts(question.Match, question.Basis, outcome.Verdicts);
    }
}
