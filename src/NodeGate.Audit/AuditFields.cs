namespace NodeGate.Audit;

/// <summary>The members of a record in their order (design.md section 7): a contract with everybody who reads the log.</summary>
internal static class AuditFields
{
    internal const string Time = "time";
    internal const string Seq = "seq";
    internal const string Node = "node";
    internal const string Event = "event";
    internal const string Image = "image";
    internal const string Digest = "digest";
    internal const string Namespace = "namespace";
    internal const string Pod = "pod";
    internal const string PodUid = "podUid";
    internal const string Decision = "decision";
    internal const string Reason = "reason";
    internal const string Message = "message";
    internal const string Rule = "rule";
    internal const string Mode = "mode";
    internal const string Signers = "signers";
    internal const string Cached = "cached";
    internal const string DurationMs = "durationMs";
    internal const string PolicyRevision = "policyRevision";
    internal const string Prev = "prev";
    internal const string Hash = "hash";

    internal static readonly string[] InOrder =
    [
        Time, Seq, Node, Event, Image, Digest, Namespace, Pod, PodUid, Decision, Reason, Message, Rule, Mode, Signers, Cached, DurationMs,
        PolicyRevision, Prev, Hash,
    ];
}
