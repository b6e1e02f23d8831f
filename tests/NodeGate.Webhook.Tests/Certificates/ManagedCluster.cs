using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeGate.Testing.Time;
using NodeGate.Webhook.Certificates;
using NodeGate.Webhook.Tests.Kubernetes;

namespace NodeGate.Webhook.Tests.Certificates;

/// <summary>A cluster with an empty Secret and both webhook configurations, as the manifests leave it.</summary>
internal sealed class ManagedCluster : IAsyncDisposable
{
    internal const string SecretPath = "api/v1/namespaces/nodegate/secrets/nodegate-webhook-tls";
    internal const string MutatingPath = "apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/nodegate-webhook";
    internal const string ValidatingPath = "apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/nodegate-webhook";

    private ManagedCluster(Cluster cluster, FakeTimeProvider time)
    {
        Cluster = cluster;
        Time = time;
    }

    internal Cluster Cluster { get; }

    internal FakeTimeProvider Time { get; }

    internal List<string> Steps { get; } = [];

    internal static SelfSignedOptions Options
    {
        get
        {
            Assert.True(SelfSignedOptions.TryCreate("nodegate", "nodegate-webhook-tls", "nodegate-webhook", ["nodegate-webhook"], out var options, out var error), error);
            return options;
        }
    }

    internal static async Task<ManagedCluster> StartAsync()
    {
        // Certificates are judged by the wall clock where TLS is involved, so that this begins now.
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var managed = new ManagedCluster(await Cluster.StartAsync(), time);
        managed.Cluster.Server.AddSecret("nodegate", "nodegate-webhook-tls", "Opaque");
        managed.Cluster.Server.AddWebhookConfigurations("nodegate-webhook", "nodegate", "nodegate-webhook");
        return managed;
    }

    internal CertificateKeeper Keeper() => new(Cluster.Client, Options, Time, Steps.Add);

    internal ManagedCertificates Managed(ProblemLog<ManagedCertificates> log) => new(Cluster.Client, Options, Time, log);

    /// <summary>What the Secret holds under <paramref name="key"/>, or null.</summary>
    internal string? Pem(string key) =>
        (string?)Cluster.Server.Find(SecretPath)?["data"]?[key] is { } text ? Encoding.ASCII.GetString(Convert.FromBase64String(text)) : null;

    internal X509Certificate2Collection Authorities() => Certificates(Pem("ca.crt")!);

    internal X509Certificate2Collection Bundle(string path) =>
        (string?)Cluster.Server.Find(path)!["webhooks"]![1]!["clientConfig"]!["caBundle"] is { } text
            ? Certificates(Encoding.ASCII.GetString(Convert.FromBase64String(text)))
            : [];

    /// <summary>Each write since the requests were cleared, such as <c>update secrets</c>.</summary>
    internal IEnumerable<string> Writes() => Cluster.Server.Requests.Where(request => !request.StartsWith("get ", StringComparison.Ordinal))
        .Select(request => $"{request.Split(' ')[0]} {request.Split('/')[^2]}");

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    private static X509Certificate2Collection Certificates(string pem)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPem(pem);
        return found;
    }
}
