using System.Collections.Concurrent;
using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate.Tests;

/// <summary><c>signatureRepository</c>: signatures that do not lie beside their image, as with COSIGN_REPOSITORY.</summary>
public sealed class SignatureRepositoryTests : IDisposable
{
    private const string Elsewhere = "sigs.example/all/signatures";
    private const string Beside = "reg.example/signatures";

    private static readonly RegistryCredential Credential = new() { Username = "u", Password = "p" };

    private readonly GateFixture _fixture = new(GateFixture.Document("enforce", "deny", $$"""
          - {name: org, images: ["reg.example/org/**"], signatureRepository: "{{Elsewhere}}", require: {anyOf: [release]} }
          - {name: same, images: ["reg.example/same/**"], signatureRepository: "{{Beside}}", require: {anyOf: [release]} }
        """));

    private readonly MemoryRegistry _signatures = new();
    private readonly ConcurrentQueue<(string Place, RegistryCredential? Credential)> _asked = new();

    public SignatureRepositoryTests()
    {
        _fixture.Registry.Elsewhere[Elsewhere] = _signatures;
        _fixture.Registry.Elsewhere[Beside] = _signatures;
        _fixture.Registry.Intercept = (_, credential, _) => NoteAsync("image", credential);
        _signatures.Intercept = (_, credential, _) => NoteAsync("signatures", credential);
    }

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Signed_InThatRepository_IsAdmittedAndTheImagesOwnIsNotAsked(bool bundle)
    {
        var digest = _fixture.Registry.PushImage("1");
        if (bundle)
        {
            _signatures.Refer(digest, NodeGate.Testing.Signing.SignatureArtifact.Referrer(
                NodeGate.Testing.Signing.Bundles.ToBytes(NodeGate.Testing.Signing.Bundles.Signature(GateFixture.Key, digest)),
                _fixture.Registry.DescriptorOf(digest)), MediaTypes.SigstoreBundleV03);
        }
        else
        {
            _signatures.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        }

        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged, credential: Credential));
        Assert.Equal([$"resolve {GateFixture.Tagged}"], _fixture.Registry.Requests);
        Assert.NotEmpty(_signatures.Requests);
    }

    [Fact]
    public async Task Signed_BesideTheImageOnly_IsDenied()
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        Assert.Equal(DecisionReason.NoSignature, Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged)).Reason);
    }

    /// <summary>The credentials are the pod's for the image's registry; another registry must not learn them.</summary>
    [Fact]
    public async Task Credentials_OfTheCaller_GoToTheSameRegistryOnly()
    {
        var digest = _fixture.Registry.PushImage("1");
        _signatures.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged, credential: Credential));
        Assert.All(_asked, a => Assert.Equal(a.Place == "image" ? Credential : null, a.Credential));

        _asked.Clear();
        _signatures.SignLegacy("reg.example/same/app", digest, GateFixture.Key);
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync("reg.example/same/app:1", credential: Credential));
        Assert.All(_asked, a => Assert.Equal(Credential, a.Credential));
    }

    /// <summary>Nor does a signature registry that hangs take the turns of images whose own registry answers.</summary>
    [Fact]
    public async Task SignatureRegistry_Unavailable_IsUndetermined()
    {
        _fixture.Registry.PushImage("1");
        _signatures.Intercept = (_, _, _) => throw new ContentException(ContentFailure.Unavailable, "no route to sigs.example.");
        Assert.Equal(DecisionReason.RegistryUnavailable, Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(GateFixture.Tagged)).Reason);
    }

    private Task NoteAsync(string place, RegistryCredential? credential)
    {
        _asked.Enqueue((place, credential));
        return Task.CompletedTask;
    }
}
