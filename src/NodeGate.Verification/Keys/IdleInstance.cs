namespace NodeGate.Verification.Keys;

/// <summary>
/// Keeps one instance of a native key between calls. Its members are not promised to be safe for concurrent use, and to import a key costs about as
/// much as half a verification: so each call takes the instance for itself, and where it is taken makes another.
/// </summary>
internal sealed class IdleInstance<T>
    where T : class, IDisposable
{
    private readonly Func<T> _create;
    private T? _idle;

    public IdleInstance(Func<T> create, T first)
    {
        _create = create;
        _idle = first;
    }

    public T Take() => Interlocked.Exchange(ref _idle, null) ?? _create();

    /// <summary>Gives back what was taken; one that failed is not given back but collected.</summary>
    public void Return(T instance) => Interlocked.Exchange(ref _idle, instance)?.Dispose();
}
