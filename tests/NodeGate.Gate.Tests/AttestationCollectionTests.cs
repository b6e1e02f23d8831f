using System.Text.Json.Nodes;
using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;

namespace NodeGate.Gate.Tests;

/// <summary>Attestations are fetched where a rule asks for them, in every form in which cosign stores them, and nowhere else.</summary>
public sealed class AttestationCollectionTests : IDisposable
{
    private const string Type = "https://slsa.dev/provenance/v1";
    private readonly GateFixture _fixture = new(GateFixture.Document("enforce", "deny", $$"""
          - {name: both, images: ["reg.example/org/**"], require: release, attestations: [{type: "{{Type}}", by: [ci], conditions: [{path: /ok, equals: true}]}]}
          - {name: signed, images: ["reg.example/signed/**"], require: ci}
          - {name: bundles, images: ["reg.example/bundles/**"], require: bundle-only, attestations: [{type: "{{Type}}", by: [bundle-only]}]}
          - {name: mixed, images: ["reg.example/mixed/**"], require: bundle-only, attestations: [{type: "{{Type}}", by: [legacy-only]}]}
          - {name: legacies, images: ["reg.example/legacies/**"], require: legacy-only, attestations: [{type: "{{Type}}", by: [legacy-only]}]}
        """));

    private MemoryRegistry Registry => _fixture.Registry;

    private static VirtualSigstore Sigstore => VirtualSigstore.Default;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("bundle")]
    [InlineData("tag")]
    [InlineData("referrer")]
    public async Task Decide_AttestedInAnyForm_IsAdmitted(string form)
    {
        var image = Registry.PushImage("1");
        Registry.SignBundle(image, GateFixture.Key);
        Attest(image, form, ok: true);

        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Theory]
    [InlineData("bundle")]
    [InlineData("tag")]
    [InlineData("referrer")]
    public async Task Decide_ConditionDoesNotHold_IsDenied(string form)
    {
        var image = Registry.PushImage("1");
        Registry.SignBundle(image, GateFixture.Key);
        Attest(image, form, ok: false);

        var decision = await _fixture.DecideAsync(GateFixture.Tagged);

        Assert.Equal(("Denied", DecisionReason.AttestationInvalid), (decision.Outcome, decision.Reason));
        Assert.Contains("/ok is false; expected equals true", decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decide_AttestationsThatCannotBeListed_AreUndetermined()
    {
        var image = Registry.PushImage("1");
        Registry.SignBundle(image, GateFixture.Key);
        Registry.Intercept = (request, _, _) => request.EndsWith(".att", StringComparison.Ordinal)
            ? throw new ContentException(ContentFailure.Unavailable, "the registry is away")
            : Task.CompletedTask;

        var decision = await _fixture.DecideAsync(GateFixture.Tagged);

        Assert.Equal(("Undetermined", DecisionReason.RegistryUnavailable), (decision.Outcome, decision.Reason));
    }

    [Fact]
    public async Task Decide_ReferrerThatCannotBeRead_MayBeTheLegacyAttestation()
    {
        var image = Registry.PushImage("1");
        Registry.SignBundle(image, GateFixture.Key);
        var attestation = SignatureArtifact.Legacy(Sigstore.LegacyAttestation(image, Type, new JsonObject()));
        Registry.Refer(image, attestation, "application/vnd.in-toto+json");
        Registry.Intercept = (request, _, _) => request.EndsWith(attestation.Digest.ToString(), StringComparison.Ordinal)
            ? throw new ContentException(ContentFailure.Unavailable, "the registry is away")
            : Task.CompletedTask;

        // A refusal would be remembered, and be wrong once the registry is back.
        var decision = await _fixture.DecideAsync("reg.example/mixed/app:1");

        Assert.Equal(("Undetermined", DecisionReason.RegistryUnavailable), (decision.Outcome, decision.Reason));
    }

    [Theory]
    [InlineData("reg.example/org/app:1", 1, 1, 1)]
    [InlineData("reg.example/signed/app:1", 1, 1, 0)]
    [InlineData("reg.example/bundles/app:1", 1, 0, 0)]
    [InlineData("reg.example/legacies/app:1", 1, 1, 1)]
    public async Task Decide_WhatNobodyAsksFor_IsNotFetched(string image, int referrers, int signatures, int attestations)
    {
        Registry.PushImage("1");

        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(image));

        Assert.Equal(referrers, Registry.Requests.Count(r => r.StartsWith("referrers ", StringComparison.Ordinal)));
        Assert.Equal(signatures, Registry.Requests.Count(r => r.EndsWith(".sig", StringComparison.Ordinal)));
        Assert.Equal(attestations, Registry.Requests.Count(r => r.EndsWith(".att", StringComparison.Ordinal)));
    }

    private void Attest(Digest image, string form, bool ok)
    {
        var predicate = new JsonObject { ["ok"] = ok };
        switch (form)
        {
            case "bundle":
                Registry.Refer(
                    image,
                    SignatureArtifact.Referrer(Bundles.ToBytes(Sigstore.Attestation(image, Type, predicate)), Registry.DescriptorOf(image), Type),
                    MediaTypes.SigstoreBundleV03);
                break;
            case "tag":
                Registry.PutTagged(SignatureArtifact.AttestationTag(image), SignatureArtifact.Legacy(Sigstore.LegacyAttestation(image, Type, predicate)));
                break;
            default:
                Registry.Refer(image, SignatureArtifact.Legacy(Sigstore.LegacyAttestation(image, Type, predicate)), "application/vnd.in-toto+json");
                break;
        }
    }
}
