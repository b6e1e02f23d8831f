namespace NodeGate.Verification.Steps;

/// <summary>The steps with which every piece of evidence begins: the authority accepts its format, and its bytes are the ones that were listed.</summary>
internal static class EvidenceOpening
{
    /// <param name="trace">Takes the steps.</param>
    /// <param name="evidence">The evidence.</param>
    /// <param name="accepted">Whether the authority accepts this format.</param>
    /// <param name="content">The evidence's blob.</param>
    /// <param name="limit">How many bytes of it are read at most.</param>
    /// <param name="bytes">The blob, where both hold.</param>
    public static RejectedEvidence? Open(
        VerificationTrace trace, Evidence evidence, bool accepted, ReadOnlyMemory<byte> content, int limit, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return trace.Take(StepNames.Format, AcceptedFormat.Check(evidence.Kind, accepted), out _)
            ?? trace.Take(StepNames.Content, EvidenceContent.Check(evidence.Source, content, limit), out bytes);
    }
}
