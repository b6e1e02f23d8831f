using System.Collections.Immutable;
using NodeGate.Gate;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Webhook.Reviews;

/// <summary>Asks the gate about the images of one review.</summary>
/// <param name="gate">The gate.</param>
/// <param name="policies">The policy, to see whether a registry will be asked at all.</param>
/// <param name="keyrings">The credentials.</param>
/// <param name="question">What is the same for all images.</param>
/// <param name="pins">Whether tags are replaced here.</param>
/// <param name="clock">The time.</param>
/// <param name="time">The wall clock, for exceptions that end.</param>
internal sealed class ImageJudge(
    IImageGate gate, IPolicySource policies, PodKeyrings keyrings, GateRequest question, bool pins, ReviewClock clock, TimeProvider time)
{
    /// <summary>Judges the image that stands at all of <paramref name="places"/>.</summary>
    internal async Task<JudgedImage> JudgeAsync(IReadOnlyList<ImagePlace> places)
    {
        var first = places[0];
        _ = ImageReference.TryParse(first.Text, out var reference, out _);
        var (credentials, problems) = reference is null ? ([null], []) : await CredentialsAsync(reference, places);
        foreach (var credential in credentials.SkipLast(1))
        {
            var decision = await AskAsync(first.Text, credential);
            if (!IsRefusedByRegistry(decision))
            {
                return await PinAsync(new JudgedImage(first, places.Count, decision), credential);
            }
        }

        // The kubelet too tries its credentials one after the other, and tells of the last.
        var judged = new JudgedImage(first, places.Count, await AskAsync(first.Text, credentials[^1]));
        return IsRefusedByRegistry(judged.Decision) ? judged with { Problems = problems } : await PinAsync(judged, credentials[^1]);
    }

    /// <summary>Whether other credentials could change the answer. Registries hide what one may not see behind "not found".</summary>
    private static bool IsRefusedByRegistry(Decision decision) =>
        decision.Effective is not Decision.Admitted and { Reason: DecisionReason.Unauthorized or DecisionReason.ImageNotFound };

    private async Task<(RegistryCredential?[] Credentials, ImmutableArray<string> Problems)> CredentialsAsync(
        ImageReference reference, IReadOnlyList<ImagePlace> places)
    {
        // A rule that asks no registry must not depend on the API server: its own images are admitted by such rules.
        var match = policies.Current.Match(reference, null, question.Namespace, time.GetUtcNow());
        match = question.IsPinned ? match.ForPinning(isResolved: reference.Digest is not null) : match;
        if (!match.NeedsDigest && match.Action is not RuleAction.Require)
        {
            return ([null], []);
        }

        var rings = await Task.WhenAll(places.Select(p => p.Account).DistinctBy(a => a.Key).Select(keyrings.FindAsync));
        RegistryCredential?[] credentials = [.. rings.SelectMany(r => r.For(reference)).Take(WebhookLimits.MaxCredentials + 1)];
        var problems = rings.SelectMany(r => r.Problems);
        if (credentials.Length > WebhookLimits.MaxCredentials)
        {
            // Attack: secrets with thousands of entries for a registry that refuses each of them, and so thousands of records in the audit log.
            credentials = credentials[..WebhookLimits.MaxCredentials];
            problems = problems.Append($"Only the first {WebhookLimits.MaxCredentials} credentials for it were tried.");
        }

        return (credentials.Length == 0 ? [null] : credentials, [.. problems.Distinct(StringComparer.Ordinal)]);
    }

    private Task<Decision> AskAsync(string image, RegistryCredential? credential) =>
        gate.DecideAsync(question with { Image = image, Credential = credential, Deadline = clock.Left }, clock.Caller);

    /// <summary>
    /// The digest that the reference resolved to takes the place of the tag, where a node would still admit it: a rule for the tag does not cover the
    /// digest, and what does is asked then. That question is about nothing that happens yet, so it leaves no record.
    /// </summary>
    private async Task<JudgedImage> PinAsync(JudgedImage judged, RegistryCredential? credential)
    {
        if (!pins || judged.Decision is not Decision.Admitted
            {
                Observed: null, Resolved: { } digest, Basis: var basis, Image.Reference: { Digest: null } reference,
            })
        {
            return judged;
        }

        var pinned = judged with { Pinned = ImageTexts.Pin(judged.Place.Text, digest) };
        var match = policies.Current.Match(reference.WithDigest(digest), digest, question.Namespace, time.GetUtcNow());
        if (string.Equals(match.Rule, basis.Rule, StringComparison.Ordinal)
            && string.Equals(match.PolicyRevision, basis.PolicyRevision, StringComparison.Ordinal))
        {
            return pinned;
        }

        var asPinned = await gate.DecideAsync(
            question with { Image = pinned.Pinned, Credential = credential, Deadline = clock.Left, IsDryRun = true }, clock.Caller);
        return asPinned.Effective is Decision.Admitted ? pinned : judged with { PinRefused = asPinned.Effective };
    }
}
