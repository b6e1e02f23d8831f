using NodeGate.Oci;

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
}
