using System.Collections.Frozen;
using System.Text.Unicode;

namespace NodeGate.CriProxy.Cri;

/// <summary>
/// The judged part of a message. <see cref="Require"/> refuses whatever two protobuf runtimes could read differently in it, before any of
/// them reads it: containerd 1.x and 2.x use different ones, and we use a third.
/// </summary>
internal sealed class MessageShape
{
    private static readonly MessageShape ImageSpec = new("ImageSpec", Text(1));

    // A request that makes containers is sent on as it came: what occurs twice in it would be merged by us and by containerd, each in its way.
    private static readonly MessageShape ExactImageSpec = new("ImageSpec", Text(1), Text(18)) { IsExact = true };

    private static readonly MessageShape ExactContainer = new(
        "ContainerConfig",
        Message(2, ExactImageSpec),
        Message(7, new MessageShape("Mount", Message(9, ExactImageSpec)) { IsExact = true }) with { IsRepeated = true })
    {
        IsExact = true,
    };

    private static readonly MessageShape ExactSandbox = new(
        "PodSandboxConfig", Message(1, new MessageShape("PodSandboxMetadata", Text(1), Text(2), Text(3)) { IsExact = true }))
    {
        IsExact = true,
    };

    /// <summary>PullImageRequest: the image, the credentials, and the pod's identity.</summary>
    public static readonly MessageShape PullImageRequest = new(
        "PullImageRequest",
        Message(1, ImageSpec),
        Message(2, new MessageShape("AuthConfig", Text(1), Text(2), Text(3), Text(4), Text(5))),
        Message(3, new MessageShape("PodSandboxConfig", Message(1, new MessageShape("PodSandboxMetadata", Text(1), Text(2), Text(3))))));

    /// <summary>ImageStatusRequest: the image.</summary>
    public static readonly MessageShape ImageStatusRequest = new("ImageStatusRequest", Message(1, ImageSpec));

    /// <summary>CreateContainerRequest: the images of the container and of its volumes, and the pod's identity.</summary>
    public static readonly MessageShape CreateContainerRequest =
        new("CreateContainerRequest", Message(2, ExactContainer), Message(3, ExactSandbox)) { IsExact = true };

    /// <summary>RestorePodRequest: the same for several containers.</summary>
    public static readonly MessageShape RestorePodRequest =
        new("RestorePodRequest", Message(2, ExactSandbox), Message(5, ExactContainer) with { IsRepeated = true }) { IsExact = true };

    /// <summary>RunPodSandboxRequest: the pod's identity.</summary>
    public static readonly MessageShape RunPodSandboxRequest = new("RunPodSandboxRequest", Message(1, ExactSandbox)) { IsExact = true };

    private readonly string _name;
    private readonly FrozenDictionary<int, JudgedField> _judged;

    private MessageShape(string name, params JudgedField[] judged)
    {
        _name = name;
        _judged = judged.ToFrozenDictionary(field => field.Number);
    }

    /// <summary>True where a judged field that is not a list must not occur twice.</summary>
    private bool IsExact { get; init; }

    /// <summary>Requires that every occurrence of a judged field is well formed, of the right wire type and, for a string, UTF-8.</summary>
    /// <exception cref="FormatException">It is not; the message names the field.</exception>
    public void Require(ReadOnlySpan<byte> message)
    {
        var fields = new ProtoFieldReader(message);
        var seen = 0UL;
        while (fields.Read())
        {
            if (!_judged.TryGetValue(fields.Number, out var field))
            {
                continue;
            }

            if (fields.WireType != ProtoWireType.LengthDelimited)
            {
                // An error to one Go runtime, an unknown field to the other.
                throw new FormatException($"Field {fields.Number} of {_name} has wire type {(int)fields.WireType}; expected 2.");
            }

            var bit = 1UL << field.Number;
            if (IsExact && !field.IsRepeated && (seen & bit) != 0)
            {
                throw new FormatException($"Field {fields.Number} of {_name} occurs more than once.");
            }

            seen |= bit;
            if (field.Shape is not null)
            {
                field.Shape.Require(fields.Payload);
            }
            else if (!Utf8.IsValid(fields.Payload))
            {
                // Replaced by one runtime, kept by another, refused by the third.
                throw new FormatException($"Field {fields.Number} of {_name} is not UTF-8.");
            }
        }
    }

    private static JudgedField Text(int number) => new(number, null, IsRepeated: false);

    private static JudgedField Message(int number, MessageShape shape) => new(number, shape, IsRepeated: false);

    /// <param name="Number">The field's number, below 64.</param>
    /// <param name="Shape">The embedded message; null for a string.</param>
    /// <param name="IsRepeated">True for a list.</param>
    private readonly record struct JudgedField(int Number, MessageShape? Shape, bool IsRepeated);
}
