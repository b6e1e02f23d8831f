using System.Buffers;
using Microsoft.Extensions.Logging;
using NodeGate.Oci;
using NodeGate.Webhook.Reviews;

namespace NodeGate.Webhook.Serving;

/// <summary>Answers AdmissionReviews, also where the reviewer does not: a review without an answer is an error, and some webhooks let errors pass.</summary>
internal sealed class AdmissionHandler(Reviewer reviewer, TimeProvider time, ILogger<AdmissionHandler> logger)
{
    /// <exception cref="ReviewFormatException">It is no review.</exception>
    internal async Task<ReviewReply> AnswerAsync(ReviewMode mode, ReadOnlyMemory<byte> body, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var review = AdmissionReviewReader.Read(body);
        ReviewAnswer answer;
        try
        {
            answer = await ReviewAsync(mode, review, deadline, cancellationToken).WaitAsync(deadline + ServingLimits.LateMargin, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            ServingLog.ReviewLate(logger, (int)deadline.TotalMilliseconds);
            answer = ReviewAnswer.Refuse(
                review.Uid, ReviewRefusal.Unavailable($"{nameof(DecisionReason.TimedOut)}: The images could not be judged in time. Try again."));
        }

        var json = new ArrayBufferWriter<byte>();
        AdmissionReviewWriter.Write(json, answer);
        return new ReviewReply(json.WrittenMemory, OutcomeOf(answer));
    }

    private static ReviewOutcome OutcomeOf(ReviewAnswer answer) => answer switch
    {
        { Refusal.Code: 503 } => ReviewOutcome.Undetermined,
        { Refusal: not null } => ReviewOutcome.Denied,
        { Changes.IsEmpty: false } => ReviewOutcome.Patched,
        _ => ReviewOutcome.Allowed,
    };

    /// <summary>The review is held as long as it is looked at, also by who is late.</summary>
    private async Task<ReviewAnswer> ReviewAsync(ReviewMode mode, AdmissionReview review, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using (review)
        {
            return await reviewer.ReviewAsync(mode, review, deadline, cancellationToken);
        }
    }
}
