using NodeGate.CriProxy.Wire.Hpack;

namespace NodeGate.CriProxy.Wire.Relay;

/// <summary>The fields of a request that decide about it.</summary>
internal readonly ref struct RequestHead
{
    private RequestHead(HeaderField method, HeaderField path, HeaderField? contentType)
    {
        Method = method;
        Path = path;
        ContentType = contentType;
    }

    public HeaderField Method { get; }

    public HeaderField Path { get; }

    public HeaderField? ContentType { get; }

    public bool IsPost => Method.Value.AsSpan().SequenceEqual("POST"u8);

    /// <summary>application/grpc, or that with a "+" or ";" behind it.</summary>
    public bool IsGrpc => ContentType is { Value: var value } && value.AsSpan().StartsWith("application/grpc"u8)
        && (value.Length == 16 || value[16] is (byte)'+' or (byte)';');

    /// <summary>False where RFC 9113 section 8.1.1 calls the request malformed: it is relayed to nobody, since two readers may read it differently.</summary>
    public static bool TryRead(ReadOnlySpan<HeaderField> fields, out RequestHead head)
    {
        head = default;
        HeaderField? method = null, scheme = null, path = null, authority = null, contentType = null;
        var regular = false;
        foreach (var field in fields)
        {
            if (field.IsMalformed)
            {
                return false;
            }

            switch (field.Kind)
            {
                case HeaderKind.Method when method is null && !regular:
                    method = field;
                    break;
                case HeaderKind.Scheme when scheme is null && !regular:
                    scheme = field;
                    break;
                case HeaderKind.Path when path is null && !regular:
                    path = field;
                    break;
                case HeaderKind.Authority when authority is null && !regular:
                    authority = field;
                    break;
                case HeaderKind.Method or HeaderKind.Scheme or HeaderKind.Path or HeaderKind.Authority:
                case HeaderKind.Status or HeaderKind.UnknownPseudo or HeaderKind.ConnectionSpecific:
                    return false;
                case HeaderKind.Te when !field.Value.AsSpan().SequenceEqual("trailers"u8):
                    return false;
                case HeaderKind.ContentType:
                    regular = true;
                    contentType ??= field;
                    break;
                default:
                    regular = true;
                    break;
            }
        }

        if (method is null || scheme is null || path is null || path.Value.Length == 0)
        {
            return false;
        }

        head = new RequestHead(method, path, contentType);
        return true;
    }
}
