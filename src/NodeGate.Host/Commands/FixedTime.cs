namespace NodeGate.Host.Commands;

/// <summary>A clock that stands: what was recorded or is expected at one time is judged at it, and takes no time to judge.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => 0;
}
