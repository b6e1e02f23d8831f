namespace NodeGate.EndToEnd.Fidelity;

/// <summary>One call as it arrived where containerd would be.</summary>
/// <param name="Path">The path of the method.</param>
/// <param name="Headers">Every header but content-length, in lower case and in order of their names: HTTP gives no other order a meaning.</param>
/// <param name="Body">The body with its gRPC framing.</param>
internal sealed record TappedCall(string Path, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    private const int FrameHeader = 5;

    /// <summary>Completes when the caller took the call back before it was answered.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The one message.</summary>
    public byte[] Message => Body[FrameHeader..];

    /// <summary>A header by name, or null.</summary>
    public string? Header(string name) => Headers.Where(header => header.Key == name).Select(header => header.Value).FirstOrDefault();
}
