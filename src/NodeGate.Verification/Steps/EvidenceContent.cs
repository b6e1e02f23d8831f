using NodeGate.Oci;

namespace NodeGate.Verification.Steps;

/// <summary>Step <c>content</c>: the bytes that are judged are those that the trace names, and not too many.</summary>
internal static class EvidenceContent
{
    public static Finding<ReadOnlyMemory<byte>> Check(Digest source, ReadOnlyMemory<byte> content, int limit)
    {
        // check: limit-content
        if (content.Length > limit)
        {
            return Finding.Fail<ReadOnlyMemory<byte>>(DecisionReason.LimitExceeded, $"{content.Length} bytes; at most {limit} are read");
        }

        // check: content-digest
        if (!source.Matches(content.Span))
        {
            return Finding.Invalid<ReadOnlyMemory<byte>>($"the bytes are not those of {source}");
        }

        return Finding.Pass(content, $"{content.Length} bytes of {source}");
    }
}
