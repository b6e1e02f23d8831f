namespace NodeGate.Verification.Certificates;

/// <summary>Why a path does not hold.</summary>
/// <param name="Progress">How far it held. Of several problems the one with the most is the one to tell: the others are of authorities that have
/// nothing to do with the certificate.</param>
/// <param name="Detail">The sentence.</param>
internal readonly record struct PathProblem(int Progress, string Detail)
{
    /// <summary>The signatures and rules of the whole path held, but not its time.</summary>
    public const int AllButTime = int.MaxValue;

    /// <summary>There was more to try than is tried.</summary>
    public const int OutOfSteps = AllButTime - 1;

    /// <summary>Of two the one with more progress; of equal ones the first, so that the answer is always the same.</summary>
    public static PathProblem? Furthest(PathProblem? first, PathProblem? second) =>
        first is { } a && (second is not { } b || a.Progress >= b.Progress) ? first : second;
}
