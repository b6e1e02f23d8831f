using System.Text.Json;
using NodeGate.Oci;

namespace NodeGate.Webhook.Reviews;

/// <summary>
/// Reads AdmissionReview v1 (k8s.io/api/admission/v1, types.go). Members that are not known are left alone: later API servers send more.
/// </summary>
internal static class AdmissionReviewReader
{
    internal const string ApiVersion = "admission.k8s.io/v1";
    internal const string ReviewKind = "AdmissionReview";

    /// <summary>Reads <paramref name="content"/>, which must stay as it is until the review is disposed.</summary>
    /// <exception cref="ReviewFormatException">It is no review that could be answered.</exception>
    internal static AdmissionReview Read(ReadOnlyMemory<byte> content)
    {
        JsonDocument document;
        try
        {
            document = StrictJsonDocument.Open(content, WebhookLimits.MaxReviewBytes, WebhookLimits.MaxReviewDepth, WebhookLimits.MaxReviewTokens);
        }
        catch (FormatException e)
        {
            throw new ReviewFormatException(e.Message, e);
        }

        try
        {
            return Read(document);
        }
        catch (ReviewFormatException)
        {
            document.Dispose();
            throw;
        }
    }

    private static AdmissionReview Read(JsonDocument document)
    {
        var root = document.RootElement;
        Expect(root, JsonValueKind.Object, "an object", "the root");
        RequireText(root, "apiVersion", "", ApiVersion);
        RequireText(root, "kind", "", ReviewKind);
        var request = Member(root, "request") ?? throw Fault("request", "nothing", "an object: this is a review to be answered");
        Expect(request, JsonValueKind.Object, "an object", "request");
        var operation = Operation(Text(request, "operation", "request"));
        return new AdmissionReview(document)
        {
            Uid = Text(request, "uid", "request") ?? throw Fault("request.uid", "nothing", "the text that the answer repeats"),
            Kind = Kind(request),
            SubResource = Text(request, "subResource", "request"),
            Name = Text(request, "name", "request"),
            Namespace = Text(request, "namespace", "request"),
            Operation = operation,
            IsDryRun = Flag(request, "dryRun"),
            Object = Object(request, "object", isRequired: operation is ReviewOperation.Create or ReviewOperation.Update),
            OldObject = Object(request, "oldObject", isRequired: false),
        };
    }

    private static ObjectKind Kind(JsonElement request)
    {
        var kind = Member(request, "kind") ?? throw Fault("request.kind", "nothing", "group, version and kind of the object");
        Expect(kind, JsonValueKind.Object, "an object", "request.kind");
        return new ObjectKind(
            Text(kind, "group", "request.kind") ?? "",
            Text(kind, "version", "request.kind") ?? throw Fault("request.kind.version", "nothing", "a version, such as v1"),
            Text(kind, "kind", "request.kind") ?? throw Fault("request.kind.kind", "nothing", "a kind, such as Pod"));
    }

    private static ReviewOperation Operation(string? text) => text switch
    {
        "CREATE" => ReviewOperation.Create,
        "UPDATE" => ReviewOperation.Update,
        "DELETE" => ReviewOperation.Delete,
        "CONNECT" => ReviewOperation.Connect,
        _ => throw Fault("request.operation", text is null ? "nothing" : Quote(text), "CREATE, UPDATE, DELETE or CONNECT"),
    };

    private static JsonElement? Object(JsonElement request, string name, bool isRequired)
    {
        if (Member(request, name) is not { } value)
        {
            return isRequired ? throw Fault("request." + name, "nothing", "the object") : null;
        }

        Expect(value, JsonValueKind.Object, "an object", "request." + name);
        return value;
    }

    private static bool Flag(JsonElement owner, string name) => Member(owner, name) is { } value
        && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Fault("request." + name, Found(value), "true or false"),
        };

    private static void RequireText(JsonElement owner, string name, string path, string expected)
    {
        var text = Text(owner, name, path);
        if (!string.Equals(text, expected, StringComparison.Ordinal))
        {
            throw Fault(Join(path, name), text is null ? "nothing" : Quote(text), $"'{expected}'");
        }
    }

    /// <summary>The text; null where it is absent, null or empty, which is all the same to Go.</summary>
    private static string? Text(JsonElement owner, string name, string path)
    {
        if (Member(owner, name) is not { } value)
        {
            return null;
        }

        Expect(value, JsonValueKind.String, "a text", Join(path, name));
        return value.GetString() switch
        {
            "" => null,
            { Length: > WebhookLimits.MaxNameLength } text =>
                throw Fault(Join(path, name), $"{text.Length} characters", $"at most {WebhookLimits.MaxNameLength}"),
            var text => text,
        };
    }

    private static JsonElement? Member(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static void Expect(JsonElement value, JsonValueKind kind, string expected, string path)
    {
        if (value.ValueKind != kind)
        {
            throw Fault(path, Found(value), expected);
        }
    }

    private static string Found(JsonElement value) => JsonNames.Of(value.ValueKind);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Quote(string text) => $"'{AnswerText.Clean(text, 64)}'";

    private static ReviewFormatException Fault(string path, string found, string expected) =>
        new($"This is no AdmissionReview that can be answered: found {found} at {path}, expected {expected}.");
}
