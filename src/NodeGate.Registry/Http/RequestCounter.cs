namespace NodeGate.Registry.Http;

/// <summary>Counts the requests of one source.</summary>
internal sealed class RequestCounter
{
    private int _count;

    internal int Count => Volatile.Read(ref _count);

    internal void Add() => Interlocked.Increment(ref _count);
}
