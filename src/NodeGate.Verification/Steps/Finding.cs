using NodeGate.Oci;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Steps;

/// <summary>Makes findings: what one step found.</summary>
internal static class Finding
{
    /// <summary>The check holds and leads to <paramref name="value"/>.</summary>
    public static Finding<T> Pass<T>(T value, string detail) => new(true, value, DecisionReason.InternalError, detail);

    /// <summary>The check does not hold.</summary>
    public static Finding<T> Fail<T>(DecisionReason reason, string detail) => new(false, default, reason, detail);

    /// <summary>The check does not hold, because a signature, its payload or its binding to the image is wrong.</summary>
    public static Finding<T> Invalid<T>(string detail) => Fail<T>(DecisionReason.SignatureInvalid, detail);

    /// <summary>Reads a part of the evidence; what is malformed is answered with <paramref name="malformed"/>, what is too large with LimitExceeded.</summary>
    public static Finding<T> Read<T>(DecisionReason malformed, string passed, Func<T> read) => Read(malformed, () => Pass(read(), passed));

    /// <summary>The same for a step that reads and checks what it read.</summary>
    public static Finding<T> Read<T>(DecisionReason malformed, Func<Finding<T>> check)
    {
        try
        {
            return check();
        }
        catch (EvidenceFormatException e)
        {
            return Fail<T>(e.LimitExceeded ? DecisionReason.LimitExceeded : malformed, e.Message);
        }
    }

    /// <summary>The second half of a step, where the first one holds.</summary>
    public static Finding<TResult> Then<T, TResult>(Finding<T> finding, Func<T, Finding<TResult>> next) =>
        finding.Holds ? next(finding.Value!) : Fail<TResult>(finding.Reason, finding.Detail);

    /// <summary>A finding of one step as that of another one, which has its own value and its own reason to fail.</summary>
    public static Finding<TResult> As<T, TResult>(Finding<T> finding, DecisionReason reason, Func<T, TResult> value) =>
        finding.Holds ? Pass(value(finding.Value!), finding.Detail) : Fail<TResult>(reason, finding.Detail);
}
