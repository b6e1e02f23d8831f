using System.Runtime.InteropServices;
using System.Text.Json;

namespace NodeGate.Webhook.Reviews;

/// <summary>Every place of an object that names an image, in the order of the paths and then of the object; and whatever is in the way of one.</summary>
internal sealed class ImagePlaces
{
    /// <summary>Where a pod specification (k8s.io/api/core/v1, PodSpec) names images.</summary>
    private static readonly ObjectPath[] InPodSpec =
    [
        PathOf("initContainers[*].image"), PathOf("containers[*].image"), PathOf("ephemeralContainers[*].image"), PathOf("volumes[*].image.reference"),
    ];

    private readonly List<ImagePlace> _images = [];
    private readonly List<PlaceFault> _faults = [];

    private ImagePlaces()
    {
    }

    /// <summary>The places, each with its text.</summary>
    internal IReadOnlyList<ImagePlace> Images => _images;

    /// <summary>What cannot be read. An object that has any names images that nobody has seen.</summary>
    internal IReadOnlyList<PlaceFault> Faults => _faults;

    /// <summary>True where there is more than <see cref="WebhookLimits.MaxImagePlaces"/>, and the rest was not looked at.</summary>
    internal bool IsTruncated => _images.Count + _faults.Count > WebhookLimits.MaxImagePlaces;

    /// <summary>The places of <paramref name="object"/> by each of <paramref name="resources"/>.</summary>
    internal static ImagePlaces Find(JsonElement @object, IEnumerable<ResourceImages> resources)
    {
        var places = new ImagePlaces();
        foreach (var resource in resources)
        {
            foreach (var path in resource.PodSpecs)
            {
                places.Walk(@object, PlacePath.Root, path, 0, places.AddPodSpec);
            }

            foreach (var path in resource.Images)
            {
                places.Walk(@object, PlacePath.Root, path, 0, (value, at) => places.AddImage(value, at, PodAccount.Default));
            }
        }

        return places;
    }

    internal static ObjectPath PathOf(string text) =>
        ObjectPath.TryParse(text, out var path, out var error) ? path : throw new ArgumentException(error, nameof(text));

    private void AddPodSpec(JsonElement spec, PlacePath at)
    {
        if (spec.ValueKind != JsonValueKind.Object)
        {
            AddFault(at, spec, "a pod specification");
            return;
        }

        var account = PodAccount.Of(spec);
        foreach (var path in InPodSpec)
        {
            Walk(spec, at, path, 0, (value, place) => AddImage(value, place, account));
        }
    }

    private void AddImage(JsonElement value, PlacePath at, PodAccount account)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            AddFault(at, value, "an image reference");
        }
        else if (JsonMarshal.GetRawUtf8Value(value).Length > WebhookLimits.MaxImageBytes)
        {
            // Attack: an image of eight million letters, which each step on the way to its refusal would copy.
            _faults.Add(new PlaceFault(at, $"found a text of more than {WebhookLimits.MaxImageBytes} bytes, expected an image reference"));
        }
        else if (value.GetString() is { Length: > 0 } text)
        {
            // No image at all is left to the API server's own validation, which knows where there may be none.
            _images.Add(new ImagePlace(at, text, account));
        }
    }

    private void Walk(JsonElement value, PlacePath at, ObjectPath path, int depth, Action<JsonElement, PlacePath> found)
    {
        if (IsTruncated || value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (at.PointerLength > WebhookLimits.MaxPointerLength)
        {
            _faults.Add(new PlaceFault(
                PlacePath.Root, $"a place whose pointer has {at.PointerLength} characters; at most {WebhookLimits.MaxPointerLength} are read"));
        }
        else if (depth == path.Steps.Length)
        {
            found(value, at);
        }
        else if (path.Steps[depth] is { Name: { } name })
        {
            WalkMember(value, at, name, (child, place) => Walk(child, place, path, depth + 1, found));
        }
        else
        {
            WalkItems(value, at, path.Steps[depth].Index, (child, place) => Walk(child, place, path, depth + 1, found));
        }
    }

    private void WalkMember(JsonElement value, PlacePath at, string name, Action<JsonElement, PlacePath> next)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            AddFault(at, value, $"an object that may have '{name}'");
            return;
        }

        foreach (var property in value.EnumerateObject())
        {
            if (property.NameEquals(name))
            {
                next(property.Value, at.Member(name));
            }
            else if (DiffersInCaseOnly(property.Name, name))
            {
                // Attack: a controller that reads with Go's encoding/json takes 'Image' for 'image', and the last one wins.
                _faults.Add(new PlaceFault(at, $"found a key that differs from '{name}' only in case, expected '{name}'"));
            }
        }
    }

    private void WalkItems(JsonElement value, PlacePath at, int? only, Action<JsonElement, PlacePath> next)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    if (only is null || only == index)
                    {
                        next(item, at.Item(index));
                    }

                    index++;
                }

                break;
            case JsonValueKind.Object when only is null:
                foreach (var property in value.EnumerateObject())
                {
                    next(property.Value, at.Member(property.Name));
                }

                break;
            default:
                AddFault(at, value, "a list");
                break;
        }
    }

    private void AddFault(PlacePath at, JsonElement value, string expected) =>
        _faults.Add(new PlaceFault(at, $"found {JsonNames.Of(value.ValueKind)}, expected {expected}"));

    /// <summary>As Go folds names: the long s and the Kelvin sign are letters of ASCII to it.</summary>
    private static bool DiffersInCaseOnly(string found, string name) =>
        found.Length == name.Length
        && string.Equals(found.Replace('\u017F', 's').Replace('\u212A', 'k'), name, StringComparison.OrdinalIgnoreCase);
}
