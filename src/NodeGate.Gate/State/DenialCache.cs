namespace NodeGate.Gate.State;

/// <summary>
/// Refusals of the last seconds, in memory only: they keep a pod in back-off from verifying the same thing at every try. What nobody
/// knows is never in here. Safe for concurrent use.
/// </summary>
internal sealed class DenialCache
{
    private readonly AgingTable<AdmissionKey, Denial> _denials;
    private readonly TimeProvider _time;
    private readonly TimeSpan _deniedFor;

    internal DenialCache(TimeSpan deniedFor, TimeProvider time)
    {
        _denials = new AgingTable<AdmissionKey, Denial>(LedgerLimits.MaxDenials, time);
        _time = time;
        _deniedFor = deniedFor;
    }

    internal Denial? Find(AdmissionKey key) => _denials.Find(key, out var age) is { } denial && age < _deniedFor ? denial : null;

    internal void Put(AdmissionKey key, Denial denial) => _denials.Put(key, denial, _time.GetUtcNow());

    /// <summary>An admission ends a refusal at once: the signature came in between.</summary>
    internal void Remove(AdmissionKey key) => _denials.Remove(key);
}
