using System.Globalization;
using NodeGate.Testing.Kubernetes;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>A webhook that is given what a pod is given: the API server's address, its authority and a token.</summary>
internal static class InCluster
{
    internal static WebhookSetup Setup(ApiServer api, TestFolder folder, string policy) => new()
    {
        Policy = policy,
        ServiceAccount = api.WriteMount(folder.At("account")),
        Environment = new Dictionary<string, string?>
        {
            ["KUBERNETES_SERVICE_HOST"] = "127.0.0.1",
            ["KUBERNETES_SERVICE_PORT"] = api.Port.ToString(CultureInfo.InvariantCulture),
        },
    };
}
