using System.Buffers;

namespace NodeGate.CriProxy.Wire.Http2;

/// <summary>Data of one stream that its receiver has no room for yet. Bounded by the window we gave the sender.</summary>
internal sealed class SendQueue : IDisposable
{
    private const int ChunkBytes = 16 * 1024;

    private readonly Queue<ReadOnlyMemory<byte>> _full = new();
    private readonly Queue<byte[]?> _rented = new();
    private byte[]? _tail;
    private int _tailLength;
    private int _headOffset;

    public int Bytes { get; private set; }

    public void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            _tail ??= ArrayPool<byte>.Shared.Rent(ChunkBytes);
            var n = Math.Min(data.Length, _tail.Length - _tailLength);
            data[..n].CopyTo(_tail.AsSpan(_tailLength));
            _tailLength += n;
            Bytes += n;
            data = data[n..];
            if (_tailLength == _tail.Length)
            {
                Seal();
            }
        }
    }

    /// <summary>Appends memory that stays untouched until it was sent, without a copy.</summary>
    public void AppendOwned(ReadOnlyMemory<byte> data)
    {
        Seal();
        _full.Enqueue(data);
        _rented.Enqueue(null);
        Bytes += data.Length;
    }

    /// <summary>The next bytes, at most <paramref name="max"/>; they count as sent with <see cref="Consume"/>.</summary>
    public ReadOnlySpan<byte> Peek(int max)
    {
        if (_full.Count == 0)
        {
            Seal();
        }

        var head = _full.Peek().Span[_headOffset..];
        return head.Length > max ? head[..max] : head;
    }

    public void Consume(int bytes)
    {
        Bytes -= bytes;
        _headOffset += bytes;
        if (_headOffset == _full.Peek().Length)
        {
            _headOffset = 0;
            _full.Dequeue();
            if (_rented.Dequeue() is { } rented)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    public void Dispose()
    {
        Seal();
        while (_rented.TryDequeue(out var rented))
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }

        _full.Clear();
        _headOffset = 0;
        Bytes = 0;
    }

    private void Seal()
    {
        if (_tail is null)
        {
            return;
        }

        _full.Enqueue(_tail.AsMemory(0, _tailLength));
        _rented.Enqueue(_tail);
        _tail = null;
        _tailLength = 0;
    }
}
