using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.References;
using NodeGate.Webhook;
using NodeGate.Webhook.Gatekeeper;
using NodeGate.Webhook.Reviews;

namespace NodeGate.Fuzz.Targets.Webhook;

/// <summary>
/// Gatekeeper's questions. Oracles: a second JSON reader finds the same keys, each once and bounded in number; a key falls apart into a namespace and an image that make it up
/// again.
/// </summary>
internal sealed class ProviderTarget : IFuzzTarget
{
    public string Name => "provider-request";

    public IReadOnlyList<Type> Parsers => [typeof(ProviderRequestReader)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        """{"apiVersion":"externaldata.gatekeeper.sh/v1beta1","kind":"ProviderRequest","request":{"keys":["nginx","[prod]reg.example/app:1","[::1]:5000/app","nginx"]}}""",
        """{"apiVersion":"externaldata.gatekeeper.sh/v1","kind":"ProviderRequest","request":{"keys":[]},"x":1}""",
        """{"apiVersion":"externaldata.gatekeeper.sh/v1alpha1","kind":"ProviderRequest","request":{"keys":["",3]}}""");

    public string Check(byte[] input)
    {
        ProviderRequest request;
        try
        {
            request = ProviderRequestReader.Read(input);
        }
        catch (ReviewFormatException e)
        {
            return Outcome.Refused(e.Message.Split('\'')[0]);
        }

        var tree = JsonReference.Read(input, WebhookLimits.MaxReviewDepth);
        var keys = (JsonTree.At(tree, "request", "keys") as List<object>)?.Cast<string>().Distinct(StringComparer.Ordinal) ?? [];
        FuzzFailure.UnlessEqual(string.Join('\n', keys), string.Join('\n', request.Keys), "a second reader finds the same keys");
        FuzzFailure.UnlessEqual(JsonTree.Text(tree, "apiVersion"), request.ApiVersion, "the version is that of the question");
        FuzzFailure.Unless(request.Keys.Length <= WebhookLimits.MaxGatekeeperKeys, "keys are bounded");
        var parts = request.Keys.Select(ProviderKey.Of).ToArray();
        FuzzFailure.Unless(parts.All(key => key.Text == (key.Namespace is null ? "" : $"[{key.Namespace}]") + key.Image), "a key is its namespace and its image");
        return $"{Outcome.Magnitude(parts.Length)} keys, {parts.Count(key => key.Namespace is not null)} with a namespace";
    }
}
