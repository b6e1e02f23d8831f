using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Webhook.Reviews;

/// <summary>What the author of an object reads. The same refusals give the same bytes.</summary>
internal static class AnswerTexts
{
    /// <summary>What an entry may take, so that all that are shown are shown whole, and the rest is counted.</summary>
    private const int MaxEntryLength = (WebhookLimits.MaxMessageLength / WebhookLimits.MaxRefusalsShown) - 64;

    /// <summary>No name of the author's may push the reason out of sight.</summary>
    private const int MaxPlaceLength = 128;
    private const int MaxImageLength = 320;

    /// <summary>The refusal of a review some of whose images are not admitted; denied for certain goes before what is open.</summary>
    internal static ReviewRefusal Refused(IReadOnlyList<JudgedImage> refused)
    {
        var message = List("images are refused", [.. refused.Select(Entry)]);
        return refused.Any(r => r.Decision is Decision.Denied) ? ReviewRefusal.Forbidden(message) : ReviewRefusal.Unavailable(message);
    }

    /// <summary>The refusal of an object that cannot be read.</summary>
    internal static ReviewRefusal Unreadable(IReadOnlyList<PlaceFault> faults) => ReviewRefusal.Forbidden(List(
        "places cannot be read, so that nobody knows which images they name",
        [.. faults.Select(f => $"{Place(f.Path)}: {nameof(DecisionReason.InvalidReference)}: {f.Problem}")]));

    /// <summary>The refusal of an object beyond a limit.</summary>
    internal static ReviewRefusal BeyondLimit(string problem) => ReviewRefusal.Forbidden($"{nameof(DecisionReason.LimitExceeded)}: {problem}");

    /// <summary>What the author is told of an image that is admitted.</summary>
    internal static IEnumerable<string> Warnings(JudgedImage judged)
    {
        if (judged.Decision.Effective is not Decision.Admitted)
        {
            yield return Warning("would be refused: " + Entry(judged));
        }

        if (judged.PinRefused is { } refused)
        {
            yield return Warning(
                $"not pinned: {Place(judged.Place.Path)}: {Image(judged)}: nodes would refuse its digest: {refused.Reason}: {refused.Message}");
        }
    }

    /// <summary>That there are more warnings than are shown.</summary>
    internal static string MoreWarnings(int count) => Warning($"and {count} more");

    /// <summary>Why an image is refused, or would be.</summary>
    internal static string Sentence(JudgedImage judged)
    {
        var decision = judged.Decision.Effective;
        var rule = decision.Basis.Rule is { } name ? $" (rule '{name}')" : "";
        return string.Join(' ', judged.Problems.Prepend($"{decision.Reason}{rule}: {decision.Message}"));
    }

    private static string Warning(string text) => AnswerText.Clean("nodegate: " + text, WebhookLimits.MaxWarningLength - 1);

    private static string Entry(JudgedImage judged)
    {
        var others = judged.Count > 1 ? $" and {judged.Count - 1} more" : "";
        return $"{Place(judged.Place.Path)}{others}: {Image(judged)}: {Sentence(judged)}";
    }

    private static string List(string heading, IReadOnlyList<string> entries)
    {
        if (entries.Count == 1)
        {
            return AnswerText.Clean(entries[0], MaxEntryLength);
        }

        var shown = entries.Take(WebhookLimits.MaxRefusalsShown).Select(e => "\n- " + AnswerText.Clean(e, MaxEntryLength));
        var more = entries.Count > WebhookLimits.MaxRefusalsShown ? $"\n- and {entries.Count - WebhookLimits.MaxRefusalsShown} more" : "";
        return $"{entries.Count} {heading}:{string.Concat(shown)}{more}";
    }

    private static string Place(PlacePath path) => AnswerText.Clean(path.ToString(), MaxPlaceLength);

    private static string Image(JudgedImage judged) => AnswerText.Clean(judged.Place.Text, MaxImageLength);
}
