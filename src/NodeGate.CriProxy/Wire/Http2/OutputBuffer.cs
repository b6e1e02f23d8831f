using System.Buffers;

namespace NodeGate.CriProxy.Wire.Http2;

/// <summary>Bytes for the socket, in one pooled array.</summary>
internal sealed class OutputBuffer : IDisposable
{
    private const int InitialBytes = 16 * 1024;

    // A burst must not keep its memory: above this the array goes back to the pool when it is empty.
    private const int KeptBytes = 512 * 1024;

    private byte[] _array = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, Length);

    /// <summary>At least <paramref name="bytes"/> to write into; <see cref="Advance"/> makes them part of the output.</summary>
    public Span<byte> GetSpan(int bytes)
    {
        if (_array.Length - Length < bytes)
        {
            Grow(bytes);
        }

        return _array.AsSpan(Length);
    }

    public void Advance(int bytes) => Length += bytes;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    public Span<byte> Slice(int start) => _array.AsSpan(start, Length - start);

    /// <summary>Takes back everything behind <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;

    public void Clear()
    {
        Length = 0;
        if (_array.Length > KeptBytes)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
        }

        Length = 0;
    }

    private void Grow(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(InitialBytes, Math.Max(_array.Length * 2, Length + bytes)));
        _array.AsSpan(0, Length).CopyTo(larger);
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
    }
}
