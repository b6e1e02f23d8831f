using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Policy;

/// <summary>Which of several reasons is told: the first of these lists. A fixed order, so that the same failure gives the same bytes.</summary>
internal static class ReasonOrder
{
    /// <summary>Reasons that mean "no". What got further in its checks tells more.</summary>
    private static readonly ImmutableArray<DecisionReason> Denials =
    [
        DecisionReason.DeniedByRule,
        DecisionReason.NoMatchingRule,
        DecisionReason.InvalidReference,
        DecisionReason.DigestRequired,
        DecisionReason.SignatureInvalid,
        DecisionReason.IdentityMismatch,
        DecisionReason.CertificateInvalid,
        DecisionReason.LogEntryInvalid,
        DecisionReason.TimestampInvalid,
        DecisionReason.AttestationInvalid,
        DecisionReason.NoSignature,
    ];

    /// <summary>Reasons that mean "nobody knows".</summary>
    private static readonly ImmutableArray<DecisionReason> Unknowns =
    [
        DecisionReason.TrustRootUnusable,
        DecisionReason.RegistryUnavailable,
        DecisionReason.Unauthorized,
        DecisionReason.ImageNotFound,
        DecisionReason.TimedOut,
        DecisionReason.LimitExceeded,
        DecisionReason.InternalError,
    ];

    /// <summary>True for a reason that says that nothing was learnt about the image.</summary>
    public static bool IsUnknown(DecisionReason reason) => Unknowns.Contains(reason);

    /// <summary>True for a reason that admits; it cannot be the reason of a failure.</summary>
    public static bool IsGood(DecisionReason reason) =>
        reason is DecisionReason.Verified or DecisionReason.AllowedByRule or DecisionReason.Exempted;

    /// <summary>The place of <paramref name="reason"/>; the lowest is told.</summary>
    public static int PlaceOf(DecisionReason reason)
    {
        var place = Denials.IndexOf(reason);
        return place >= 0 ? place
            : Unknowns.IndexOf(reason) is >= 0 and var unknown ? Denials.Length + unknown
            : int.MaxValue;
    }
}
