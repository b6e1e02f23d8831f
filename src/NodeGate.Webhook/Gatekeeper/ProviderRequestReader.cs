using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using NodeGate.Oci;
using NodeGate.Webhook.Kubernetes;
using NodeGate.Webhook.Reviews;

namespace NodeGate.Webhook.Gatekeeper;

/// <summary>Reads <see cref="ProviderRequest"/> (https://open-policy-agent.github.io/gatekeeper/website/docs/externaldata).</summary>
internal static class ProviderRequestReader
{
    /// <summary>The versions that are answered; their messages are the same.</summary>
    internal static readonly ImmutableArray<string> ApiVersions =
        ["externaldata.gatekeeper.sh/v1beta1", "externaldata.gatekeeper.sh/v1alpha1", "externaldata.gatekeeper.sh/v1"];

    /// <summary>Reads <paramref name="content"/>.</summary>
    /// <exception cref="ReviewFormatException">It is no such question.</exception>
    internal static ProviderRequest Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = StrictJsonDocument.Open(content, WebhookLimits.MaxReviewBytes, maxTokens: WebhookLimits.MaxReviewTokens);
            return Read(document.RootElement);
        }
        catch (FormatException e)
        {
            throw new ReviewFormatException(e.Message, e);
        }
    }

    private static ProviderRequest Read(JsonElement root)
    {
        var apiVersion = ApiVersions.FirstOrDefault(version => Has(root, "apiVersion", version))
            ?? throw Fault("another apiVersion", string.Join(" or ", ApiVersions));
        if (!Has(root, "kind", "ProviderRequest"))
        {
            throw Fault("another kind", "ProviderRequest");
        }

        if (JsonMembers.Member(root, "request", JsonValueKind.Object) is not { } request
            || JsonMembers.Member(request, "keys", JsonValueKind.Array) is not { } keys)
        {
            throw Fault("no list at request.keys", "the images that are asked about");
        }

        if (keys.GetArrayLength() > WebhookLimits.MaxGatekeeperKeys)
        {
            throw Fault($"{keys.GetArrayLength()} keys", $"at most {WebhookLimits.MaxGatekeeperKeys}");
        }

        return new ProviderRequest(apiVersion, [.. keys.EnumerateArray().Select(Text).Distinct(StringComparer.Ordinal)]);
    }

    private static string Text(JsonElement key) =>
        key.ValueKind != JsonValueKind.String ? throw Fault($"{JsonNames.Of(key.ValueKind)} in request.keys", "texts")
        : JsonMarshal.GetRawUtf8Value(key).Length > WebhookLimits.MaxImageBytes
            ? throw Fault("a longer text in request.keys", $"at most {WebhookLimits.MaxImageBytes} bytes")
        : key.GetString()!;

    private static bool Has(JsonElement owner, string name, string value) =>
        JsonMembers.Member(owner, name, JsonValueKind.String) is { } found && found.ValueEquals(value);

    private static ReviewFormatException Fault(string found, string expected) =>
        new($"This is no ProviderRequest that can be answered: found {found}, expected {expected}.");
}
