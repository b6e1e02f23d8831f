namespace NodeGate.Verification;

/// <summary>One check of one piece of evidence, in the order in which they were made.</summary>
/// <param name="Step">The check's stable name, one of <see cref="StepNames"/>.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">What was found and what was expected; the evidence's own text is quoted, shortened and escaped.</param>
public sealed record VerificationStep(string Step, StepOutcome Outcome, string Detail);
