using System.Buffers;
using System.Globalization;
using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.References;
using NodeGate.Webhook;
using NodeGate.Webhook.Reviews;

namespace NodeGate.Fuzz.Targets.Webhook;

/// <summary>
/// AdmissionReviews, as pods and by configured paths. Oracles: what is read a second JSON reader reads alike; a walk over its tree finds the same images where nothing
/// was in the way, and each pointer leads to its text there; the answer is JSON with the same uid.
/// </summary>
internal sealed class ReviewTarget : IFuzzTarget
{
    private static readonly ResourceImages Pod = ResourceKinds.FindBuiltIn(new ObjectKind("", "v1", "Pod"))!;
    private static readonly ResourceImages Other = new("", "Other", [], [ImagePlaces.PathOf("$.spec['a/b~'][*][*]"), ImagePlaces.PathOf("$.spec.list[1].image")]);

    public string Name => "review";

    public IReadOnlyList<Type> Parsers => [typeof(AdmissionReviewReader), typeof(ImagePlaces)];

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            const string pod = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x","ownerReferences":[{"controller":true}]},"spec":{"containers":[{"image":"a"},{"image":""},{"image":"b:1"}],"initContainers":[{"image":"c"}],"ephemeralContainers":[{"image":null}],"volumes":[{"image":{"reference":"d"}},{}],"imagePullSecrets":[{"name":"s"}]}}""";
            const string other = """{"spec":{"a/b~":{"~/":["x","y"],"é":{"z":"w"}},"list":[{"image":"p"},{"image":"q"}]}}""";
            foreach (var (operation, @object, old) in new[] { ("CREATE", pod, "null"), ("UPDATE", pod, pod), ("DELETE", "null", pod), ("CREATE", other, other), ("CONNECT", other, "null") })
            {
                yield return System.Text.Encoding.UTF8.GetBytes(
                    """{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u-1","kind":{"group":"","version":"v1","kind":"Pod"},"subResource":"status","name":"x","namespace":"n", """
                    + $"\"operation\":\"{operation}\",\"object\":{@object},\"oldObject\":{old},\"dryRun\":true,\"options\":{{}}}}}}");
            }
        }
    }

    public string Check(byte[] input)
    {
        AdmissionReview review;
        try
        {
            review = AdmissionReviewReader.Read(input);
        }
        catch (ReviewFormatException e)
        {
            // What follows is quoted from the input.
            return Outcome.Refused(e.Message.Split('\'')[0]);
        }

        using (review)
        {
            var tree = JsonReference.Read(input, WebhookLimits.MaxReviewDepth);
            FuzzFailure.Unless(tree is not null, "what is read is JSON to a second reader");
            FuzzFailure.UnlessEqual(JsonTree.Text(tree, "request", "uid"), review.Uid, "the uid is that of the second reader");
            FuzzFailure.UnlessEqual(JsonTree.Text(tree, "request", "operation"), review.Operation.ToString().ToUpperInvariant(), "the operation is that of the second reader");
            CheckAnswer(review);
            return $"{review.Operation}, {CheckPlaces(review.Object, JsonTree.At(tree, "request", "object"))}, {CheckPlaces(review.OldObject, JsonTree.At(tree, "request", "oldObject"))}";
        }
    }

    private static void CheckAnswer(AdmissionReview review)
    {
        var written = new ArrayBufferWriter<byte>();
        AdmissionReviewWriter.Write(written, ReviewAnswer.Allow(review.Uid));
        FuzzFailure.UnlessEqual(review.Uid, JsonTree.Text(JsonReference.Read(written.WrittenSpan, 8), "response", "uid"), "the answer repeats the uid");
    }

    private static string CheckPlaces(System.Text.Json.JsonElement? element, object? tree)
    {
        FuzzFailure.UnlessEqual(tree is not null, element is not null, "both readers see the object");
        return element is not { } @object ? "none"
            : $"{CheckPlaces(ImagePlaces.Find(@object, [Pod]), tree, InPod(tree))} {CheckPlaces(ImagePlaces.Find(@object, [Other]), tree, InOther(tree))}";
    }

    private static string CheckPlaces(ImagePlaces places, object? tree, IEnumerable<string> expected)
    {
        foreach (var place in places.Images)
        {
            FuzzFailure.UnlessEqual(place.Text, Follow(tree, place.Path.ToPointer()) as string, "a pointer leads to its text");
            FuzzFailure.Unless(place.Text.Length > 0, "no image is no image");
        }

        FuzzFailure.Unless(places.Images.Count + places.Faults.Count <= WebhookLimits.MaxImagePlaces + 1, "places are bounded");
        if (places.Faults.Count > 0)
        {
            return Outcome.Shape(places.Faults[0].Problem);
        }

        FuzzFailure.UnlessEqual(
            string.Join('\n', expected.Where(text => text.Length > 0)), string.Join('\n', places.Images.Select(place => place.Text)), "both walks find the same images");
        return $"{Outcome.Magnitude(places.Images.Count)} images";
    }

    private static IEnumerable<string> InPod(object? tree)
    {
        foreach (var list in (string[])["initContainers", "containers", "ephemeralContainers"])
        {
            foreach (var container in Values(JsonTree.At(tree, "spec", list)))
            {
                yield return JsonTree.Text(container, "image") ?? "";
            }
        }

        foreach (var volume in Values(JsonTree.At(tree, "spec", "volumes")))
        {
            yield return JsonTree.Text(volume, "image", "reference") ?? "";
        }
    }

    private static IEnumerable<string> InOther(object? tree) => Values(JsonTree.At(tree, "spec", "a/b~")).SelectMany(Values).OfType<string>()
        .Append(JsonTree.At(tree, "spec", "list") is List<object> list ? JsonTree.Text(list, 1, "image") ?? "" : "");

    private static IEnumerable<object> Values(object? value) => value switch
    {
        List<object> items => items,
        Dictionary<string, object> members => members.Values,
        _ => [],
    };

    /// <summary>RFC 6901, section 4.</summary>
    private static object? Follow(object? value, string pointer)
    {
        foreach (var token in pointer.Split('/').Skip(1))
        {
            var name = token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            value = value is List<object> items ? items[int.Parse(name, CultureInfo.InvariantCulture)] : (value as Dictionary<string, object>)?[name];
        }

        return value;
    }
}
