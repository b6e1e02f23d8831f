using System.Buffers.Binary;

namespace NodeGate.CriProxy.Wire;

/// <summary>Collects the one length-prefixed message of a unary call (cri.md section 5.3 to 5.5).</summary>
/// <param name="maxBytes">The longest message.</param>
/// <param name="budget">Bytes that all readers together may hold.</param>
internal sealed class GrpcMessageReader(int maxBytes, ByteBudget budget)
{
    public const int PrefixBytes = 5;

    private readonly byte[] _prefix = new byte[PrefixBytes];
    private int _prefixLength;
    private byte[] _message = [];
    private int _length;
    private int _filled;
    private long _reserved;

    /// <summary>What is wrong with what came so far, or null.</summary>
    public (GrpcStatusCode Status, string Message)? Error { get; private set; }

    /// <summary>Exactly one whole message has arrived.</summary>
    public bool IsComplete => Error is null && _prefixLength == PrefixBytes && _filled == _length;

    public bool IsEmpty => _prefixLength == 0;

    public ReadOnlyMemory<byte> Message => _message.AsMemory(0, _length);

    public static void WritePrefix(Span<byte> target, int length)
    {
        target[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(target[1..], length);
    }

    public void Append(ReadOnlySpan<byte> data)
    {
        if (Error is not null || data.IsEmpty)
        {
            return;
        }

        if (_prefixLength < PrefixBytes)
        {
            var n = Math.Min(PrefixBytes - _prefixLength, data.Length);
            data[..n].CopyTo(_prefix.AsSpan(_prefixLength));
            _prefixLength += n;
            data = data[n..];
            if (_prefixLength < PrefixBytes || !ReadPrefix())
            {
                return;
            }
        }

        if (data.Length > _length - _filled)
        {
            Fail(GrpcStatusCode.Internal, "a unary call carries more than one message");
            return;
        }

        if (!EnsureRoom(_filled + data.Length))
        {
            return;
        }

        data.CopyTo(_message.AsSpan(_filled));
        _filled += data.Length;
    }

    /// <summary>Gives the reserved bytes back; the message may no longer be used.</summary>
    public void Release()
    {
        budget.Return(_reserved);
        _reserved = 0;
        _message = [];
        _length = 0;
        _filled = 0;
    }

    /// <summary>The message, which from here on belongs to the caller and no longer counts.</summary>
    public ReadOnlyMemory<byte> TakeMessage()
    {
        var message = Message;
        Release();
        return message;
    }

    private bool ReadPrefix()
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(_prefix.AsSpan(1));
        if (_prefix[0] == 1)
        {
            Fail(GrpcStatusCode.Unimplemented, "nodegate: compressed messages are not accepted on this method; send it with grpc-encoding identity");
        }
        else if (_prefix[0] != 0)
        {
            Fail(GrpcStatusCode.Internal, $"a message begins with flag {_prefix[0]}, not 0 or 1");
        }
        else if (length > maxBytes)
        {
            Fail(GrpcStatusCode.ResourceExhausted, $"grpc: received message larger than max ({length} vs. {maxBytes})");
        }
        else
        {
            _length = (int)length;
        }

        return Error is null;
    }

    // Grows with what really came: a prefix that promises 16 MiB costs its sender 16 MiB.
    private bool EnsureRoom(int bytes)
    {
        if (bytes <= _message.Length)
        {
            return true;
        }

        var size = Math.Min(_length, Math.Max(bytes, _message.Length * 2));
        if (!budget.TryTake(size - _reserved))
        {
            Fail(GrpcStatusCode.ResourceExhausted, "nodegate: too many bytes of requests are being read at once");
            return false;
        }

        _reserved = size;
        Array.Resize(ref _message, size);
        return true;
    }

    private void Fail(GrpcStatusCode status, string message)
    {
        Release();
        Error = (status, message);
    }
}
