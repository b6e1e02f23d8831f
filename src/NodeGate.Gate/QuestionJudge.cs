using NodeGate.Gate.Scheduling;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>Steps 5 to 8 of design.md section 2 for one question: from memory, or by verifying once for all who ask.</summary>
internal sealed class QuestionJudge
{
    private readonly Ledger _ledger;
    private readonly DenialCache _denials;
    private readonly ImageVerifier _verifier;
    private readonly VerificationFlights _flights = new();

    internal QuestionJudge(Ledger ledger, DenialCache denials, ImageVerifier verifier)
    {
        _ledger = ledger;
        _denials = denials;
        _verifier = verifier;
    }

    /// <summary>Step 5: the answer of the ledger, or of a refusal a moment ago; null where neither knows.</summary>
    internal Decision? FromMemory(Question question)
    {
        if ((_ledger.FindAdmission(question.Key) ?? _ledger.FindAdmission(question.TagKey)) is { } admission)
        {
            return Decider.FromLedger(question.Match, question.Basis, admission.Signers);
        }

        return (_denials.Find(question.Key) ?? _denials.Find(question.TagKey)) is { } denial
            ? Decider.FromLedgerRefusal(question.Match, question.Basis, denial.Reason, denial.Message)
            : null;
    }

    /// <summary>Steps 6 to 8.</summary>
    /// <param name="question">What is asked, with the digest.</param>
    /// <param name="source">The repository where it is open already.</param>
    /// <param name="resolved">The manifest where a tag was resolved to it.</param>
    /// <param name="clock">The caller's; the work may outlive it, so it has its own time and not this caller's cancellation.</param>
    internal async Task<Decision> VerifyAsync(Question question, IImageSource? source, FetchedManifest? resolved, QuestionClock clock)
    {
        var deadline = clock.Left;

        // By tag, because only the signatures will tell whether they depend on it.
        var outcome = await _flights.RunAsync(
            question.TagKey,
            question.Request.Credential,
            nobodyWaits => _verifier.VerifyAsync(question, source, resolved, deadline, nobodyWaits),
            clock.Token);
        return outcome.Failure is { } failure
            ? Decider.Failed(question.Match, question.Basis, failure.Reason, failure.Detail)
            : Decider.FromVerdicts(question.Match, question.Basis, outcome.Verdicts);
    }
}
