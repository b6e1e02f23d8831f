using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using NodeGate.EndToEnd.Flows;
using NodeGate.EndToEnd.Manifests;
using NodeGate.Testing.Kubernetes;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>The overlay self-signed as it is shipped: its objects in an API server that lets the webhook do what its roles grant and no more.</summary>
[Collection(WebhookDefinition.Name)]
public sealed class SelfSignedTests(WebhookWorld world)
{
    private const string Configurations = "apis/admissionregistration.k8s.io/v1/";

    [RealPartFact("root", "kubectl", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Start_WithTheShippedObjectsAndRights_ServesACertificateThatTheConfigurationsTrust()
    {
        var images = await world.ImagesAsync();
        var rendered = await Kustomization.OfAsync("self-signed");
        await using var api = await ApiServer.StartAsync();
        api.Allows = Rights.Of(rendered).Allow;
        api.Put("api/v1/namespaces/nodegate/secrets/nodegate-webhook-tls", rendered.One("Secret").Json.ToJsonString());
        foreach (var configuration in rendered.Webhooks)
        {
            api.Put(PathOf(configuration), configuration.Json.ToJsonString());
        }

        await using var folder = TestFolder.Create();
        await using var webhook = WebhookProcess.Launch(InCluster.Setup(api, folder, images.Policy) with
        {
            Certificate = "selfSigned: " + Shipped.Configuration(rendered).At("webhook.selfSigned").ToJsonString(),
        });

        // As the API server does: the authority from the configuration, the name from its Service.
        foreach (var configuration in rendered.Webhooks)
        {
            var bundle = await Eventually.FoundAsync(
                "a caBundle", () => Task.FromResult((string?)api.Find(PathOf(configuration))!["webhooks"]![0]!["clientConfig"]!["caBundle"]));
            using var client = ClientOf(Encoding.UTF8.GetString(Convert.FromBase64String(bundle)), webhook.Port);
            await Eventually.TrueAsync("it serves", () => AnswersAsync(client));
            using var content = new StringContent(Review.OfPod(images.Signed.ByTag).ToJson(), Encoding.UTF8, "application/json");
            var path = configuration.Text("webhooks.0.clientConfig.service.path");
            using var answer = await client.PostAsync(new Uri(path + "?timeout=10s", UriKind.Relative), content);
            Assert.True(Answer.From(JsonElement.Parse(await answer.Content.ReadAsStringAsync())).Allowed);

            // All that the administrator wrote stands there still.
            var kept = api.Find(PathOf(configuration))!;
            kept["webhooks"]![0]!["clientConfig"]!.AsObject().Remove("caBundle");
            Assert.Empty(Fields.Lost(configuration.Json, kept, ""));
        }

        Assert.DoesNotContain(api.Requests, request => request.StartsWith("create ", StringComparison.Ordinal));
        Assert.DoesNotContain("PRIVATE KEY", webhook.Log(), StringComparison.Ordinal);
    }

    private static string PathOf(Manifest configuration) =>
        $"{Configurations}{(configuration.Kind[0] == 'M' ? "mutating" : "validating")}webhookconfigurations/{configuration.Name}";

    private static HttpClient ClientOf(string authorityPem, int port)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPem(authorityPem);
        return new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust },
            // The name is the Service's, and its address is here.
            ConnectCallback = async (_, cancellationToken) =>
            {
                var connection = new TcpClient();
                await connection.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return connection.GetStream();
            },
        })
        {
            BaseAddress = new Uri("https://nodegate-webhook.nodegate.svc"),
        };
    }

    private static async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using var ready = await client.GetAsync(new Uri("/readyz", UriKind.Relative));
            return ready.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
