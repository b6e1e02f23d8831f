using System.Diagnostics.CodeAnalysis;

namespace NodeGate.CriProxy.Cri;

/// <summary>
/// Walks the fields of one protobuf message without interpreting them. Stricter than any runtime wherever runtimes differ (a tag above
/// 32 bits is field 1 to one Go runtime, an error to the other and something else to C#'s), so that a message which passes here is read alike by all.
/// </summary>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "A cursor is never compared.")]
internal ref struct ProtoFieldReader(ReadOnlySpan<byte> message)
{
    private const int MaxVarintBytes = 10;
    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;
    private int _fields;
    private int _start;
    private int _payload;

    /// <summary>The number of the current field.</summary>
    public int Number { get; private set; }

    /// <summary>The wire type of the current field.</summary>
    public ProtoWireType WireType { get; private set; }

    /// <summary>The current field with its tag and, for a group, its end.</summary>
    public readonly ReadOnlySpan<byte> Raw => _message[_start.._position];

    /// <summary>The content of a length-delimited field.</summary>
    public readonly ReadOnlySpan<byte> Payload => _message[_payload.._position];

    /// <summary>The tag as it was written, which may be longer than needed.</summary>
    public ReadOnlySpan<byte> RawTag { get; private set; }

    /// <summary>Moves to the next field; false at the end of the message.</summary>
    /// <exception cref="FormatException">The message is cut off or is not protobuf.</exception>
    public bool Read()
    {
        if (_position == _message.Length)
        {
            return false;
        }

        _start = _position;
        (Number, WireType) = ReadTag();
        RawTag = _message[_start.._position];
        if (WireType == ProtoWireType.EndGroup)
        {
            throw Malformed(_start, "the end of a group that was never opened");
        }

        SkipValue(Number, WireType);
        return true;
    }

    private void SkipValue(int number, ProtoWireType wireType)
    {
        if (wireType == ProtoWireType.StartGroup)
        {
            SkipGroup(number);
        }
        else
        {
            SkipScalar(wireType);
        }
    }

    private void SkipScalar(ProtoWireType wireType)
    {
        switch (wireType)
        {
            case ProtoWireType.Varint:
                ReadVarint();
                break;
            case ProtoWireType.Fixed64:
                Skip(8);
                break;
            case ProtoWireType.Fixed32:
                Skip(4);
                break;
            default:
                var at = _position;
                var length = ReadVarint();
                if (length > (ulong)(_message.Length - _position))
                {
                    throw Malformed(at, $"a length of {length} bytes where {_message.Length - _position} are left");
                }

                _payload = _position;
                _position += (int)length;
                break;
        }
    }

    // Iterative, with a stack of its own: the nesting is the sender's to choose.
    private void SkipGroup(int number)
    {
        var open = new Stack<int>();
        open.Push(number);
        while (open.Count > 0)
        {
            var at = _position;
            var (inner, wireType) = ReadTag();
            switch (wireType)
            {
                case ProtoWireType.StartGroup when open.Count >= CriLimits.MaxGroupDepth:
                    throw Malformed(at, $"groups nested deeper than {CriLimits.MaxGroupDepth}");
                case ProtoWireType.StartGroup:
                    open.Push(inner);
                    break;
                case ProtoWireType.EndGroup when open.Pop() != inner:
                    throw Malformed(at, "the end of a group other than the one that is open");
                case ProtoWireType.EndGroup:
                    break;
                default:
                    SkipScalar(wireType);
                    break;
            }
        }
    }

    private (int Number, ProtoWireType WireType) ReadTag()
    {
        var at = _position;
        if (++_fields > CriLimits.MaxFields)
        {
            throw Malformed(at, $"more than {CriLimits.MaxFields} fields");
        }

        var tag = ReadVarint();
        if (tag > uint.MaxValue)
        {
            throw Malformed(at, "a tag of more than 32 bits");
        }

        var number = (int)(tag >> 3);
        var wireType = (ProtoWireType)(tag & 7);
        return number == 0 || wireType > ProtoWireType.Fixed32
            ? throw Malformed(at, $"field {number} of wire type {(int)wireType}")
            : (number, wireType);
    }

    private ulong ReadVarint()
    {
        var at = _position;
        var value = 0UL;
        for (var index = 0; index < MaxVarintBytes; index++)
        {
            if (_position == _message.Length)
            {
                throw Malformed(at, "a number that is cut off");
            }

            var next = _message[_position++];
            if (index == MaxVarintBytes - 1 && next > 1)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << (7 * index);
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Malformed(at, "a number of more than 64 bits");
    }

    private void Skip(int count)
    {
        if (count > _message.Length - _position)
        {
            throw Malformed(_position, $"{count} bytes expected where {_message.Length - _position} are left");
        }

        _position += count;
    }

    private static FormatException Malformed(int position, string found) =>
        new($"The message is not valid protobuf: {found} at byte {position}.");
}
