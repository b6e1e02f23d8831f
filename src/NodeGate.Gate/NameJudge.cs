using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>Judges one name of an image that is on the node by one rule: for ImageStatus, for containers, and for what else looks at the node.</summary>
internal sealed class NameJudge
{
    private readonly Ledger _ledger;
    private readonly QuestionJudge _questions;

    internal NameJudge(Ledger ledger, QuestionJudge questions)
    {
        _ledger = ledger;
        _questions = questions;
    }

    /// <summary>The answer of the rule or of the ledger, without any registry; null where only evidence could tell.</summary>
    internal Decision? FromMemory(PolicyModel policy, GateRequest request, PresentImage image, PresentName name, RuleMatch match)
    {
        var basis = match.Basis(request.Image, name.Reference, name.Digest, request.Namespace);
        if (name.Fault is { } fault && match.Action is not RuleAction.Deny)
        {
            return Decider.Failed(match, basis, DecisionReason.NoSignature, fault);
        }

        if (Decider.FromStatic(match, basis) is { } byRule)
        {
            return byRule;
        }

        if (name.Digest is null || match.Action is not RuleAction.Require)
        {
            return NotAdmitted(image, name, match, basis);
        }

        // A pull has no image yet.
        if (image.Id.Length > 0 && _ledger.IsKnownAsAnother(name.Digest, image.Id))
        {
            return Decider.Failed(
                match, basis, DecisionReason.NoSignature, $"{name.Digest} was pulled as another image than {image.Id}; pull {name.Reference} anew.");
        }

        var question = Question.Of(policy, request, name.Reference, name.Digest, match);
        return _questions.FromMemory(question) is { } known ? AsNamed(question, known) : null;
    }

    /// <summary>The same, and where only evidence can tell, with the registry: by digest, and with the request's credentials if it has any.</summary>
    internal async Task<Decision> JudgeAsync(
        PolicyModel policy, GateRequest request, PresentImage image, PresentName name, RuleMatch match, QuestionClock clock)
    {
        if (FromMemory(policy, request, image, name, match) is { } known)
        {
            return known;
        }

        var question = Question.Of(policy, request, name.Reference, name.Digest!, match);
        return AsNamed(question, await _questions.VerifyAsync(question, null, null, clock));
    }

    /// <summary>
    /// The answer of the rule or of the ledger, or by stored evidence; and with the registry only where an admission has lapsed that an outage would
    /// renew (<c>grace: allow</c>). Null where nothing of that is there.
    /// </summary>
    internal async Task<Decision?> RecallAsync(
        PolicyModel policy, GateRequest request, PresentImage image, PresentName name, RuleMatch match, QuestionClock clock)
    {
        if (FromMemory(policy, request, image, name, match) is { } known)
        {
            return known;
        }

        var question = Question.Of(policy, request, name.Reference, name.Digest!, match);
        var recalled = await _questions.FromStoredAsync(question, clock.Token)
            ?? (_questions.HasLapsed(question) ? await _questions.VerifyAsync(question, null, null, clock) : null);
        return recalled is null ? null : AsNamed(question, recalled);
    }

    /// <summary>
    /// Under <c>platform: verify</c> an index may be admitted as the one image in it that is signed, and is then pulled as that. Attack: what is here
    /// under the index's own digest is what the runtime chose among all that the index lists, which may be another image for the same platform.
    /// </summary>
    private static Decision AsNamed(Question question, Decision decision) =>
        decision is Decision.Admitted { Observed: null, Image.Digest: { } admitted } && admitted != question.Digest
            ? Decider.Failed(question.Match, question.Basis, DecisionReason.NoSignature,
                $"Only the image {admitted} of the index {question.Digest} is signed, and here is the index itself, of which the runtime may take another; "
                + $"pull {question.Reference} through NodeGate, which pulls the signed image.")
            : decision;

    /// <summary>Nothing is known for this image under this name, and nobody was asked.</summary>
    internal static Decision NotAdmitted(PresentImage image, PresentName name, RuleMatch match, DecisionBasis basis) => Decider.Failed(
        match,
        basis,
        DecisionReason.NoSignature,
        $"The image {image.Id} is on the node, but no verified signature for {name.Reference} is known here; it counts as absent until it is pulled through NodeGate.");
}
