using System.Buffers;
using NodeGate.Gate;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Webhook.Kubernetes;
using NodeGate.Webhook.Reviews;
using NodeGate.Webhook.Serving;

namespace NodeGate.Webhook.Gatekeeper;

/// <summary>
/// An external data provider: Gatekeeper's constraints ask whether an image is admitted, its mutators by which text it is pinned. What is not admitted
/// has an error, always.
/// </summary>
internal sealed class ImageProvider(IImageGate gate, IPolicySource policies, IPullCredentials? credentials, TimeProvider time)
{
    /// <exception cref="ReviewFormatException">It is no question of Gatekeeper.</exception>
    internal async Task<ReviewReply> AnswerAsync(ReviewMode mode, ReadOnlyMemory<byte> body, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var request = ProviderRequestReader.Read(body);
        using var clock = new ReviewClock(time, deadline, cancellationToken);
        var keys = request.Keys.Select(ProviderKey.Of).ToArray();
        var keyrings = keys.Select(key => key.Namespace ?? "").Distinct(StringComparer.Ordinal)
            .ToDictionary(name => name, name => new PodKeyrings(credentials, name.Length == 0 ? null : name, clock), StringComparer.Ordinal);
        var answers = await Task.WhenAll(keys.Select(key => AnswerAsync(mode, key, keyrings[key.Namespace ?? ""], clock)));

        var json = new ArrayBufferWriter<byte>();
        ProviderResponseWriter.Write(json, request.ApiVersion, isIdempotent: mode == ReviewMode.Mutate, [.. answers.Select(answer => answer.Item)]);
        return new ReviewReply(json.WrittenMemory, answers.Select(answer => answer.Outcome).DefaultIfEmpty(ReviewOutcome.Allowed).Max());
    }

    private static (ProviderItem Item, ReviewOutcome Outcome) Refuse(ProviderKey key, ReviewOutcome outcome, string sentence) =>
        (new ProviderItem(key.Text, null, AnswerText.Clean(sentence, WebhookLimits.MaxMessageLength)), outcome);

    /// <summary>What a mutator puts in the image's place, or what a constraint reads: the digest where one was judged.</summary>
    private static string ValueOf(ReviewMode mode, JudgedImage judged)
    {
        if (mode == ReviewMode.Mutate)
        {
            return judged.Pinned ?? judged.Place.Text;
        }

        var reference = judged.Decision.Basis.Reference;
        return (judged.Decision.Resolved is { } digest ? reference?.WithDigest(digest) : reference)?.ToString() ?? judged.Place.Text;
    }

    private async Task<(ProviderItem Item, ReviewOutcome Outcome)> AnswerAsync(ReviewMode mode, ProviderKey key, PodKeyrings keyrings, ReviewClock clock)
    {
        if (mode == ReviewMode.Mutate && key.Namespace is not null)
        {
            return Refuse(
                key, ReviewOutcome.Denied, $"{nameof(DecisionReason.InvalidReference)}: A mutator's key is the image alone: its answer takes the image's place.");
        }

        var question = new GateRequest { Image = "", Event = DecisionEvent.Admission, Namespace = key.Namespace, IsPinned = mode == ReviewMode.Mutate };
        var judge = new ImageJudge(gate, policies, keyrings, question, pins: mode == ReviewMode.Mutate, clock, time);
        JudgedImage judged;
        try
        {
            judged = await judge.JudgeAsync([new ImagePlace(PlacePath.Root, key.Image, PodAccount.Default)])
                .WaitAsync(clock.Left + ServingLimits.LateMargin, time, clock.Caller);
        }
        catch (TimeoutException)
        {
            return Refuse(key, ReviewOutcome.Undetermined, $"{nameof(DecisionReason.TimedOut)}: The image could not be judged in time. Try again.");
        }

        return judged.Decision switch
        {
            Decision.Admitted => (
                new ProviderItem(key.Text, ValueOf(mode, judged), null), judged.Pinned is null ? ReviewOutcome.Allowed : ReviewOutcome.Patched),
            Decision.Denied => Refuse(key, ReviewOutcome.Denied, AnswerTexts.Sentence(judged)),
            _ => Refuse(key, ReviewOutcome.Undetermined, AnswerTexts.Sentence(judged)),
        };
    }
}
