using NodeGate.Oci;

namespace NodeGate.Policy.Testing;

/// <summary>One question to a policy, and the answer that is expected.</summary>
/// <param name="Position">Where it is written.</param>
/// <param name="Name">What people call it; once in its document.</param>
/// <param name="Image">The reference, as a pod would have it. It need not be a good one: what becomes of a bad one can be tested as well.</param>
/// <param name="Expected">The answer.</param>
public sealed record PolicyTestCase(PolicyPosition Position, string Name, string Image, PolicyTestExpectation Expected)
{
    /// <summary>The pod's namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The recording of what the registry said, as it is written: relative to the document's file. Null: nothing is attached to the image.</summary>
    public string? Recording { get; init; }

    /// <summary>What the image's tag resolves to, or null. Never together with <see cref="Recording"/>.</summary>
    public Digest? Digest { get; init; }

    /// <summary>The time at which the question is asked; null: that of the recording, or else now.</summary>
    public DateTimeOffset? At { get; init; }
}
