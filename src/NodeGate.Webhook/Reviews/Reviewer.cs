using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NodeGate.Gate;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Reviews;

/// <summary>Answers reviews. Keeps nothing between two of them.</summary>
/// <remarks>
/// (1) What can bring no image in is allowed unread. (2) The kind says where images stand; a kind that is not known is refused. (3) What the old object
/// has already, and (4) what the object's owner has, is not asked about again. (5) The rest is judged side by side. (6) Tags give way to the digests
/// that were judged.
/// </remarks>
internal sealed class Reviewer(
    IImageGate gate,
    IPolicySource policies,
    IPullCredentials? credentials,
    IWorkloadOwners? owners,
    ReviewOptions options,
    TimeProvider time,
    ILogger<Reviewer> logger)
{
    private readonly ResourceKinds _kinds = new(options.Resources);

    /// <summary>The answer to <paramref name="review"/>, in time: what is not known by then is a refusal that says so.</summary>
    /// <param name="mode">What is asked for.</param>
    /// <param name="review">The question.</param>
    /// <param name="deadline">How long it may take from now.</param>
    /// <param name="cancellationToken">Cancelled where nobody waits for the answer any more.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal async Task<ReviewAnswer> ReviewAsync(ReviewMode mode, AdmissionReview review, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var clock = new ReviewClock(time, deadline, cancellationToken);
        var answer = await AnswerAsync(mode, review, clock);
        if (answer.Refusal is { } refusal)
        {
            ReviewLog.Refused(logger, review.Operation, Shown($"{review.Kind} {NameOf(review)}"), Shown(review.Namespace), refusal.Code, refusal.Message);
        }

        return answer;
    }

    private async Task<ReviewAnswer> AnswerAsync(ReviewMode mode, AdmissionReview review, ReviewClock clock)
    {
        // (1) Neither writes a specification, whatever stands in the object.
        if (review.Operation is ReviewOperation.Delete or ReviewOperation.Connect || review.SubResource is "status" or "scale")
        {
            return ReviewAnswer.Allow(review.Uid);
        }

        // (2) and (3)
        var (images, refusal) = ImagesOf(review);
        if (refusal is not null)
        {
            return ReviewAnswer.Refuse(review.Uid, refusal);
        }

        var texts = images.GroupBy(p => p.Text, StringComparer.Ordinal).ToArray();
        if (texts.Length > WebhookLimits.MaxImages)
        {
            return ReviewAnswer.Refuse(review.Uid, AnswerTexts.BeyondLimit(
                $"the object has {texts.Length} different images; at most {WebhookLimits.MaxImages} are judged at once. Split it."));
        }

        // (4)
        var pins = options.Pin == PinMode.All || (options.Pin == PinMode.Pods && ResourceKinds.IsPod(review.Kind));
        var unpinned = pins && texts.Any(t => !ImageReference.TryParse(t.Key, out var reference, out _) || reference.Digest is null);
        if (texts.Length == 0
            || (!unpinned && owners is not null && review is { Namespace: { } @namespace, Object: { } @object }
                && await OwnerImages.CarryAsync(owners, @object, @namespace, texts.Select(t => t.Key), clock)))
        {
            return ReviewAnswer.Allow(review.Uid);
        }

        // (5) and (6)
        var judge = new ImageJudge(
            gate,
            policies,
            new PodKeyrings(credentials, review.Namespace, clock),
            QuestionOf(review, IsPinned(mode, pins)),
            pins && mode == ReviewMode.Mutate,
            clock,
            time);
        var judged = await Task.WhenAll(texts.Select(t => judge.JudgeAsync([.. t])));
        var refused = judged.Where(j => j.Decision is not Decision.Admitted).ToArray();
        return refused.Length > 0
            ? ReviewAnswer.Refuse(review.Uid, AnswerTexts.Refused(refused))
            : ReviewAnswer.Allow(review.Uid, Changes(images, judged), Warnings(judged));
    }

    /// <summary>The places that have to be judged, or why nobody can tell which these are.</summary>
    private (IReadOnlyList<ImagePlace> Images, ReviewRefusal? Refusal) ImagesOf(AdmissionReview review)
    {
        var resources = _kinds.Find(review.Kind);
        if (resources.IsEmpty)
        {
            return ([], ReviewRefusal.Forbidden(
                $"No image paths are known for {Shown(review.Kind.ToString())}; add it to webhook.resources or take it out of the webhook's rules."));
        }

        var @object = review.Object.GetValueOrDefault();
        if (Contradiction(@object, review.Kind) is { } contradiction)
        {
            return ([], ReviewRefusal.Forbidden(contradiction));
        }

        var places = ImagePlaces.Find(@object, resources);
        if (places.IsTruncated)
        {
            return ([], AnswerTexts.BeyondLimit($"the object names images at more than {WebhookLimits.MaxImagePlaces} places. Split it."));
        }

        if (places.Faults.Count > 0)
        {
            return ([], AnswerTexts.Unreadable(places.Faults));
        }

        if (review is not { Operation: ReviewOperation.Update, OldObject: { } oldObject })
        {
            return (places.Images, null);
        }

        var old = ImagePlaces.Find(oldObject, resources).Images.Select(p => p.Text).ToHashSet(StringComparer.Ordinal);
        return ([.. places.Images.Where(p => !old.Contains(p.Text))], null);
    }

    /// <summary>Attack: one kind in the envelope, by which the object is read, and another one in the object, by which it is kept.</summary>
    private static string? Contradiction(JsonElement @object, ObjectKind kind)
    {
        foreach (var (name, expected) in (ReadOnlySpan<(string, string)>)[("apiVersion", kind.ApiVersion), ("kind", kind.Kind)])
        {
            if (@object.TryGetProperty(name, out var value) && !(value.ValueKind == JsonValueKind.String && value.ValueEquals(expected)))
            {
                return $"The object's own {name} is not that of the request, '{Shown(expected)}'.";
            }
        }

        return null;
    }

    /// <summary>
    /// Whether a tag is on its way to a digest. Where one is left when <c>/validate</c> is asked, nobody pins it any more: <c>requireDigest</c> refuses it
    /// then, as a node would.
    /// </summary>
    private bool IsPinned(ReviewMode mode, bool pins) => options.Pin != PinMode.None && !(mode == ReviewMode.Validate && pins);

    private GateRequest QuestionOf(AdmissionReview review, bool isPinned)
    {
        var isPod = ResourceKinds.IsPod(review.Kind);
        return new GateRequest
        {
            Image = "",
            Event = DecisionEvent.Admission,
            Namespace = review.Namespace,
            Pod = Shown(isPod ? NameOf(review) : $"{review.Kind.Kind}/{NameOf(review)}"),
            PodUid = isPod ? Shown(Metadata(review, "uid")) : null,
            IsPinned = isPinned,
            IsDryRun = review.IsDryRun,
        };
    }

    /// <summary>While a pod has no name yet, the beginning of it.</summary>
    private static string NameOf(AdmissionReview review) => Metadata(review, "name") ?? review.Name ?? Metadata(review, "generateName") ?? "";

    private static string? Metadata(AdmissionReview review, string name) =>
        review.Object is { } @object ? JsonMembers.Metadata(@object, name) : null;

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    private static string? Shown(string? text) => text is null ? null : AnswerText.Clean(text, WebhookLimits.MaxNameLength);

    private static ImmutableArray<ImageChange> Changes(IReadOnlyList<ImagePlace> images, JudgedImage[] judged)
    {
        var pinned = judged.Where(j => j.Pinned is not null).ToDictionary(j => j.Place.Text, j => j.Pinned!, StringComparer.Ordinal);

        // Configured paths may lead to one place in two ways.
        return [.. images.Where(p => pinned.ContainsKey(p.Text)).Select(p => new ImageChange(p.Path.ToPointer(), pinned[p.Text])).DistinctBy(c => c.Pointer)];
    }

    private static ImmutableArray<string> Warnings(JudgedImage[] judged)
    {
        var warnings = judged.SelectMany(AnswerTexts.Warnings).ToImmutableArray();
        return warnings.Length <= WebhookLimits.MaxWarnings
            ? warnings
            : [.. warnings.Take(WebhookLimits.MaxWarnings - 1), AnswerTexts.MoreWarnings(warnings.Length - WebhookLimits.MaxWarnings + 1)];
    }
}
