using System.Text;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Tuf;
using NodeGate.Verification.Tuf;

namespace NodeGate.Verification.Tests.Tuf;

/// <summary>The roots 1 to 15 of Sigstore's public-good repository: four ways to write a key, empty signatures, white space, times with a zone.</summary>
[Trait("Category", "Conformance")]
public sealed class SigstoreRootChainTests
{
    private const int Last = 15;

    /// <summary>Before the last root expires.</summary>
    private static readonly DateTimeOffset Then = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [VectorsFact]
    public void Chain_FromTheFirstRoot_LeadsToTheLast()
    {
        var client = Client(1, Enumerable.Range(1, Last));

        var updater = client.Refresh(Then);

        // The chain is all there is: the repository's timestamp is not among the vectors.
        Assert.Equal(new TufFailure(TufFailureReason.NotFound, "the repository has no timestamp.json"), updater.Failure);
        Assert.Equal(Last, updater.Root!.Value.Version);
        Assert.Equal(Root(Last), client.Disk["Metadata/root.json"]);
    }

    [VectorsFact]
    public void Chain_EachStepAlone_IsFollowed()
    {
        for (var version = 1; version < Last; version++)
        {
            var client = Client(version, [version, version + 1]);

            Assert.Equal(version + 1, client.Refresh(Then).Root!.Value.Version);
        }
    }

    [VectorsFact]
    public void Chain_LastRootExpired_Expired() => Client(1, Enumerable.Range(1, Last))
        .Fail(TufFailureReason.Expired, "root.json, version 15, expired at 2026-11-20", new DateTimeOffset(2026, 11, 20, 13, 58, 18, TimeSpan.Zero));

    [VectorsFact]
    public void Chain_OneLeftOut_EndsBeforeIt() =>
        Assert.Equal(6, Client(1, Enumerable.Range(1, Last).Where(version => version != 7)).Refresh(new(2023, 8, 1, 0, 0, 0, TimeSpan.Zero)).Root!.Value.Version);

    [VectorsFact]
    public void Chain_RootUnderAnotherNumber_WrongVersion()
    {
        // Signed by the same keys: only the number tells that one was left out.
        var repository = Repository(Enumerable.Range(1, Last));
        repository.Metadata["12.root.json"] = Root(13);

        new TufClient(repository) { PinnedRoot = Root(11) }.Fail(TufFailureReason.WrongVersion, "12.root.json is version 13", Then);
    }

    [VectorsFact]
    public void Chain_RootOfOtherKeysUnderTheNumber_BadSignature()
    {
        var repository = Repository(Enumerable.Range(1, Last));
        repository.Metadata["2.root.json"] = Root(Last);

        new TufClient(repository) { PinnedRoot = Root(1) }.Fail(TufFailureReason.BadSignature, "2.root.json is signed by", Then);
    }

    [VectorsFact]
    public void Chain_RootAltered_BadSignature()
    {
        for (var version = 2; version <= Last; version++)
        {
            var repository = Repository(Enumerable.Range(1, Last));
            var text = Encoding.UTF8.GetString(Root(version));
            repository.Metadata[$"{version}.root.json"] = Encoding.UTF8.GetBytes(text.Replace("\"threshold\": 3", "\"threshold\": 2", StringComparison.Ordinal).Replace("\"threshold\":3", "\"threshold\":2", StringComparison.Ordinal));

            new TufClient(repository) { PinnedRoot = Root(version - 1) }.Fail(TufFailureReason.BadSignature, $"{version}.root.json is signed by 0 of", Then);
        }
    }

    private static TufClient Client(int pinned, IEnumerable<int> served) => new(Repository(served)) { PinnedRoot = Root(pinned) };

    private static TufRepository Repository(IEnumerable<int> versions)
    {
        var repository = new TufRepository(Then);
        foreach (var version in versions)
        {
            repository.Metadata[$"{version}.root.json"] = Root(version);
        }

        return repository;
    }

    private static byte[] Root(int version) => File.ReadAllBytes(Vectors.PathOf("sigstore-root", "root_history", $"{version}.root.json"));
}
