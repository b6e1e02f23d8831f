using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Webhook.Reviews;

namespace NodeGate.Webhook.Tests.Reviews.Support;

/// <summary>The reviewer over the real gate, a real ledger and policy, and a registry in memory with signed images.</summary>
internal sealed class ReviewFixture : IDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(8);

    public ReviewFixture(string? policy = null, PinMode pin = PinMode.Pods, params ResourceImages[] resources)
    {
        Gate = new GateFixture(policy);
        Options = new ReviewOptions { Pin = pin, Resources = [.. resources] };
    }

    public GateFixture Gate { get; }

    public MemoryRegistry Registry => Gate.Registry;

    public ReviewOptions Options { get; set; }

    public FakeOwners Owners { get; } = new();

    public FakeCredentials Credentials { get; } = new();

    public static ResourceImages Rollout { get; } = new("argoproj.io", "Rollout", [Path("$.spec.template.spec")], []);

    public static ObjectPath Path(string text) => ObjectPath.TryParse(text, out var path, out var error) ? path : throw new InvalidOperationException(error);

    /// <summary>A new image of <c>reg.example/org/…</c>, signed as the policy wants it.</summary>
    public Digest PushSigned(string repository, string tag)
    {
        var digest = Registry.PushImage(tag, repository + tag);
        Registry.SignLegacy(repository, digest, GateFixture.Key);
        return digest;
    }

    /// <summary>The images of the recorded reviews: each tag is one image.</summary>
    public Dictionary<string, Digest> PushRecorded() => new[] { "app:1", "proxy:2", "init:3", "proxy:4", "debug:5", "model:6", "app:7" }
        .Select(image => image.Split(':')).ToDictionary(parts => $"reg.example/org/{parts[0]}:{parts[1]}", parts => PushSigned("reg.example/org/" + parts[0], parts[1]));

    public Task<JsonObject> MutateAsync(JsonNode review) => ReviewAsync(ReviewMode.Mutate, Encoding.UTF8.GetBytes(review.ToJsonString()));

    public Task<JsonObject> ValidateAsync(JsonNode review) => ReviewAsync(ReviewMode.Validate, Encoding.UTF8.GetBytes(review.ToJsonString()));

    /// <summary>The <c>response</c> to the bytes of a review, as the API server would get it.</summary>
    public async Task<JsonObject> ReviewAsync(ReviewMode mode, byte[] bytes, CancellationToken cancellationToken = default)
    {
        using var review = AdmissionReviewReader.Read(bytes);
        var answer = await Build().ReviewAsync(mode, review, Deadline, cancellationToken);
        var written = new ArrayBufferWriter<byte>();
        AdmissionReviewWriter.Write(written, answer);
        var tree = JsonNode.Parse(written.WrittenSpan)!.AsObject();
        Assert.Equal(["apiVersion", "kind", "response"], tree.Select(p => p.Key));
        Assert.Equal("admission.k8s.io/v1", (string?)tree["apiVersion"]);
        Assert.Equal("AdmissionReview", (string?)tree["kind"]);
        Assert.Equal(review.Uid, (string?)tree["response"]!["uid"]);
        return tree["response"]!.AsObject();
    }

    public Reviewer Build() => new(
        Gate.Gate, Gate.Policies, Credentials, Owners, Options, Gate.Time, NullLogger<Reviewer>.Instance);

    public void Dispose() => Gate.Dispose();
}
