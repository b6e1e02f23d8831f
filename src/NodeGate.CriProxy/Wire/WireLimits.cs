namespace NodeGate.CriProxy.Wire;

/// <summary>
/// Every bound of the wire. Whoever can open the socket is already trusted with the node's pods, but a broken or hostile client must not
/// take the kubelet's calls down with it. Tests set smaller ones; the daemon uses <see cref="Default"/>.
/// </summary>
internal sealed record WireLimits
{
    public static WireLimits Default { get; } = new();

    /// <summary>Connections open at once on the socket; one more is closed at once.</summary>
    public int Connections { get; init; } = 256;

    /// <summary>SETTINGS_MAX_CONCURRENT_STREAMS; one more is refused with REFUSED_STREAM.</summary>
    public int ConcurrentStreams { get; init; } = 512;

    /// <summary>How long a client may take for its connection preface, and we for closing a connection after GOAWAY.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>SETTINGS_MAX_FRAME_SIZE, the smallest that RFC 9113 allows; longer frames are a FRAME_SIZE_ERROR.</summary>
    public int FrameBytes { get; init; } = 16_384;

    /// <summary>A request's header list, decoded (SETTINGS_MAX_HEADER_LIST_SIZE); more is answered RESOURCE_EXHAUSTED. The kubelet's has about 300 bytes.</summary>
    public int RequestHeaderListBytes { get; init; } = 64 * 1024;

    /// <summary>The same for containerd's answers, whose grpc-message can be long.</summary>
    public int ResponseHeaderListBytes { get; init; } = 1024 * 1024;

    /// <summary>CONTINUATION frames of one header block, empty ones too (CVE-2024-27316).</summary>
    public int ContinuationFrames { get; init; } = 128;

    /// <summary>SETTINGS_HEADER_TABLE_SIZE in both directions.</summary>
    public int HeaderTableBytes { get; init; } = 4096;

    /// <summary>What a peer may send on one stream before the other side has taken it.</summary>
    public int StreamWindowBytes { get; init; } = 512 * 1024;

    /// <summary>What a peer may send on all streams of a connection before it was taken: with <see cref="StreamWindowBytes"/> the bound on buffered data.</summary>
    public int ConnectionWindowBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>While this much waits for a socket, data stays in its stream's queue (and so within the windows).</summary>
    public int OutputHighWaterBytes { get; init; } = 256 * 1024;

    /// <summary>Output that flow control does not cover (headers, acknowledgements, resets): a peer that reads none of it is dropped.</summary>
    public int OutputBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The interval of the four limits below.</summary>
    public TimeSpan FloodInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>RST_STREAM frames from a client in an interval (CVE-2023-44487, rapid reset).</summary>
    public int ResetsPerInterval { get; init; } = 2_000;

    /// <summary>SETTINGS frames from a peer in an interval.</summary>
    public int SettingsPerInterval { get; init; } = 200;

    /// <summary>PING and PRIORITY frames from a peer in an interval; grpc-go pings once in each round trip while it measures the bandwidth.</summary>
    public int PingsPerInterval { get; init; } = 500_000;

    /// <summary>DATA frames without data and without END_STREAM in an interval (CVE-2019-9518).</summary>
    public int EmptyFramesPerInterval { get; init; } = 2_000;

    /// <summary>The longest a relayed or upstream call is held while containerd cannot be reached (design.md section 2).</summary>
    public TimeSpan HoldTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls held on one connection; one more is answered UNAVAILABLE at once.</summary>
    public int HeldCalls { get; init; } = 256;

    /// <summary>Header bytes of the held calls of one connection; their data is bounded by the windows.</summary>
    public int HeldHeaderBytes { get; init; } = 1024 * 1024;

    /// <summary>The first pause between two attempts to reach containerd; each one doubles.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause between two attempts.</summary>
    public TimeSpan ReconnectDelayMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an accepted connection may stay without containerd's SETTINGS.</summary>
    public TimeSpan UpstreamSettingsTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The message of a gated call or of an answer to <see cref="IUpstreamChannel"/>, as in containerd and the kubelet. Relayed calls have no limit here.</summary>
    public int MessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Gated calls of one connection that run at once.</summary>
    public int GatedCallsPerConnection { get; init; } = 384;

    /// <summary>Gated calls of all connections that run at once.</summary>
    public int GatedCalls { get; init; } = 768;

    /// <summary>
    /// How many of <see cref="GatedCallsPerConnection"/> may be long ones. A kubelet that pulls in parallel has a pull for each pod, and slow
    /// registries must not keep it from asking whether the images of the other pods are there.
    /// </summary>
    public int LongGatedCallsPerConnection { get; init; } = 288;

    /// <summary>How many of <see cref="GatedCalls"/> may be long ones.</summary>
    public int LongGatedCalls { get; init; } = 576;

    /// <summary>Bytes of all gated requests that are being read or judged.</summary>
    public long GatedBytes { get; init; } = 64 * 1024 * 1024;
}
