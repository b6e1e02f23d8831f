namespace NodeGate.Benchmarks.Decisions;

internal enum SignatureFormat
{
    /// <summary>cosign 2.5: the tag <c>sha256-….sig</c>.</summary>
    Legacy,

    /// <summary>cosign 3.1: a bundle as a referrer.</summary>
    Bundle,
}
