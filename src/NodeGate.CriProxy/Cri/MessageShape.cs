using System.Collections.Frozen;
using System.Text.Unicode;

namespace NodeGate.CriProxy.Cri;

/// <summary>
/// The judged part of a message. <see cref="Require"/> refuses whatever two protobuf runtimes could read differently in it, before any of
/// them reads it: containerd 1.x and 2.x use different ones, and we use a third.
/// </summary>
internal sealed class MessageShape
{
    private static readonly MessageShape ImageSpec = new("ImageSpec", (1, null));

    /// <summary>PullImageRequest: the image, the credentials, and the pod's identity.</summary>
    public static readonly MessageShape PullImageRequest = new(
        "PullImageRequest",
        (1, ImageSpec),
        (2, new MessageShape("AuthConfig", (1, null), (2, null), (3, null), (4, null), (5, null))),
        (3, new MessageShape("PodSandboxConfig", (1, new MessageShape("PodSandboxMetadata", (1, null), (2, null), (3, null))))));

    /// <summary>ImageStatusRequest: the image.</summary>
    public static readonly MessageShape ImageStatusRequest = new("ImageStatusRequest", (1, ImageSpec));

    private readonly string _name;

    // The value is null for a string.
    private readonly FrozenDictionary<int, MessageShape?> _judged;

    private MessageShape(string name, params (int Number, MessageShape? Shape)[] judged)
    {
        _name = name;
        _judged = judged.ToFrozenDictionary(field => field.Number, field => field.Shape);
    }

    /// <summary>Requires that every occurrence of a judged field is well formed, of the right wire type and, for a string, UTF-8.</summary>
    /// <exception cref="FormatException">It is not; the message names the field.</exception>
    public void Require(ReadOnlySpan<byte> message)
    {
        var fields = new ProtoFieldReader(message);
        while (fields.Read())
        {
            if (!_judged.TryGetValue(fields.Number, out var shape))
            {
                continue;
            }

            if (fields.WireType != ProtoWireType.LengthDelimited)
            {
                // An error to one Go runtime, an unknown field to the other.
                throw new FormatException($"Field {fields.Number} of {_name} has wire type {(int)fields.WireType}; expected 2.");
            }

            if (shape is not null)
            {
                shape.Require(fields.Payload);
            }
            else if (!Utf8.IsValid(fields.Payload))
            {
                // Replaced by one runtime, kept by another, refused by the third.
                throw new FormatException($"Field {fields.Number} of {_name} is not UTF-8.");
            }
        }
    }
}
