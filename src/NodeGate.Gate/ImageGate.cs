using System.Collections.Immutable;
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
    private readonly DecisionRecorder _recorder;
    private readonly GateOptions _options;
    private readonly TimeProvider _time;
    private readonly FairSlots _slots;
    private readonly FairSlots _shares = new(
        int.MaxValue, GateLimits.MaxConcurrentPerNamespace, GateLimits.MaxQueued, GateLimits.MaxQueuedPerRegistry);
    private readonly QuestionJudge _questions;
    private readonly PresenceJudge _presence;
    private readonly ContainerJudge _containers;
    private readonly AnyNamespaceJudge _anywhere;
    private readonly PullsUnderWay _pulls = new();

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
        _slots = new FairSlots(
            GateLimits.MaxConcurrent, GateLimits.MaxConcurrentPerRegistry, GateLimits.MaxQueued, GateLimits.MaxQueuedPerRegistry);
        _questions = new QuestionJudge(ledger, new ImageVerifier(sources, ledger, _slots, options.Platform, time), options.DeniedFor, time);
        var names = new NameJudge(ledger, _questions);
        _presence = new PresenceJudge(ledger, names, _recorder, time, logger);
        _containers = new ContainerJudge(ledger, names, time);
        _anywhere = new AnyNamespaceJudge(ledger, names, time);
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
        var match = MatchOf(policy, request, reference, null);
        if (Decider.FromStatic(match, BasisOf(match, request, reference, null)) is { } byRule)
        {
            return await _recorder.RecordAsync(request, match, byRule, started);
        }

        using var clock = new QuestionClock(_options, _time, cancellationToken, request.Deadline);
        var (decided, decision) = await JudgeAsync(request, policy, reference, match, clock);
        return await _recorder.RecordAsync(request, decided, decision, clock.Started);
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
    public async ValueTask<Presence> JudgePresentAsync(PresentImage image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        cancellationToken.ThrowIfCancellationRequested();

        // Step 11.
        using var clock = new QuestionClock(_options, _time, cancellationToken);
        return await _presence.JudgeAsync(_policies.Current, image, clock);
    }

    /// <inheritdoc/>
    public async Task<Decision> JudgeContainerAsync(ContainerRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var clock = new QuestionClock(_options, _time, cancellationToken);

        // Step 12. No answer of a moment ago is repeated here: an image that lost its admission starts no more.
        var (match, decision) = await _containers.JudgeAsync(_policies.Current, request, clock);
        return await _recorder.RecordAsync(ContainerJudge.RequestOf(request), match, decision, clock.Started);
    }

    /// <inheritdoc/>
    public IDisposable EnterPull(AdmittedImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return _pulls.Enter(image);
    }

    /// <inheritdoc/>
    public async Task<Decision> JudgeRuntimePullAsync(string name, Digest digest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(digest);
        using var clock = new QuestionClock(_options, _time, cancellationToken);
        var policy = _policies.Current;
        var request = new GateRequest { Image = name };
        if (!ImageReference.TryParse(name, out var reference, out var error) || (reference.Digest ?? digest) != digest)
        {
            error ??= $"The runtime would pull {digest} under the name {reference}.";
            return await _recorder.RecordAsync(request, null, Decider.InvalidReference(policy, name, null, error), clock.Started);
        }

        if (_pulls.Find(reference, digest) is { } permit)
        {
            // Decided and recorded when it began.
            return Decider.FromPermit(policy, permit, name, digest);
        }

        var (match, decision) = await _anywhere.JudgePullAsync(policy, request, reference, digest, clock);
        return await _recorder.RecordAsync(request, match, decision, clock.Started);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<Decision>> ExamineAsync(
        PresentImage image, ImmutableArray<string> namespaces, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        var policy = _policies.Current;
        if (namespaces.IsDefaultOrEmpty)
        {
            using var clock = new QuestionClock(_options, _time, cancellationToken);
            var byRule = await _anywhere.ExamineAsync(policy, image, clock);
            return byRule.Length > 0 ? byRule : [(await _containers.JudgeAsync(policy, new ContainerRequest { Image = image }, clock)).Decision];
        }

        var decisions = ImmutableArray.CreateBuilder<Decision>(namespaces.Length);
        foreach (var @namespace in namespaces)
        {
            using var clock = new QuestionClock(_options, _time, cancellationToken);
            decisions.Add((await _containers.JudgeAsync(policy, new ContainerRequest { Image = image, Namespace = @namespace }, clock)).Decision);
        }

        return decisions.MoveToImmutable();
    }

    internal static string TooLate(ImageReference reference) =>
        $"No decision about {reference} could be made in time; the registry is too slow or too many images are verified at once. Try again.";

    private static DecisionBasis BasisOf(RuleMatch match, GateRequest request, ImageReference reference, Digest? digest) =>
        match.Basis(request.Image, reference, digest, request.Namespace);

    private RuleMatch MatchOf(PolicyModel policy, GateRequest request, ImageReference reference, Digest? digest)
    {
        var match = policy.Match(reference, digest, request.Namespace, _time.GetUtcNow());
        return request.IsPinned ? match.ForPinning(isResolved: (digest ?? reference.Digest) is not null) : match;
    }

    private async Task<(RuleMatch Match, Decision Decision)> JudgeAsync(
        GateRequest request,
        PolicyModel policy,
        ImageReference reference,
        RuleMatch match,
        QuestionClock clock)
    {
        var basis = BasisOf(match, request, reference, null);
        try
        {
            // The kubelet asks for its own node alone; the webhook asks for everybody.
            using var share = request.Event == DecisionEvent.Admission
                ? await _shares.EnterAsync($"namespace '{request.Namespace}'", clock.Token)
                : null;

            // Step 4. A digest is its own resolution; whether the registry has it shows when evidence is collected.
            IImageSource? source = null;
            FetchedManifest? resolved = null;
            if (reference.Digest is null)
            {
                using var slot = await _slots.EnterAsync(reference.Registry, clock.Token);
                source = _sources.Open(reference, request.Credential);
                resolved = await source.ResolveAsync(reference, clock.Token);
            }

            var digest = reference.Digest ?? resolved!.Descriptor.Digest;
            match = MatchOf(policy, request, reference, digest);
            basis = BasisOf(match, request, reference, digest);
            if (Decider.FromStatic(match, basis) is { } byRule)
            {
                return (match, byRule with { Resolved = digest });
            }

            // Steps 5 to 8.
            var question = Question.Of(policy, request, reference, digest, match);
            var decision = _questions.FromMemory(question) ?? await _questions.VerifyAsync(question, source, resolved, clock);
            return (match, decision with { Resolved = digest });
        }
        catch (NodeGateException e)
        {
            return (match, Decider.Failed(match, basis, e.Reason, e.Message));
        }
        catch (OperationCanceledException) when (!clock.IsGivenUp)
        {
            return (match, Decider.Failed(match, basis, DecisionReason.TimedOut, TooLate(reference)));
        }
    }
}
