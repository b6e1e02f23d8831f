using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Host.Daemon;
using NodeGate.Host.Trust;
using NodeGate.Policy;

namespace NodeGate.Host.Tests;

public sealed class PolicyStoreTests : IDisposable
{
    private const string Deny = "apiVersion: nodegate.dev/v1\nkind: ImagePolicy\nmetadata: {name: test}\nunmatched: deny\nrules: []\n";
    private const string Allow = "apiVersion: nodegate.dev/v1\nkind: ImagePolicy\nmetadata: {name: test}\nunmatched: allow\nrules: []\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("ng-policy-").FullName;
    private readonly RecordingSink _sink = new();

    [Fact]
    public async Task ReloadAsync_ChangedPolicy_IsInForceAndRecorded()
    {
        var store = Store(Deny);
        var before = store.Current.Revision;
        Write("policy.yaml", Allow);
        await store.ReloadAsync(_sink);
        Assert.Equal(UnmatchedAction.Allow, store.Current.Unmatched);
        Assert.NotEqual(before, store.Current.Revision);
        Assert.Equal((DecisionEvent.PolicyReload, store.Current.Revision), Assert.Single(_sink.Records.Select(r => (r.Event, r.PolicyRevision))));
    }

    [Theory]
    [InlineData("rules: [")]
    [InlineData("apiVersion: nodegate.dev/v1\nkind: ImagePolicy\nmetadata: {name: test}\nunmatchd: allow\n")]
    [InlineData("")]
    public async Task ReloadAsync_BadPolicy_KeepsTheLastGoodOneAndSaysSo(string bad)
    {
        var store = Store(Deny);
        var before = store.Current.Revision;
        Write("policy.yaml", bad);
        await store.ReloadAsync(_sink);
        Assert.Equal(before, store.Current.Revision);
        Assert.NotEmpty(store.LastErrors);
        Assert.Contains("stays in force", Assert.Single(_sink.Records).Message, StringComparison.Ordinal);
        Write("policy.yaml", Allow);
        await store.ReloadAsync(_sink);
        Assert.Empty(store.LastErrors);
        Assert.Equal(UnmatchedAction.Allow, store.Current.Unmatched);
    }

    [Fact]
    public async Task ReloadAsync_PolicyFileRemoved_KeepsTheLastGoodOne()
    {
        var store = Store(Deny);
        File.Delete(Path.Combine(_folder, "policy.yaml"));
        await store.ReloadAsync(_sink);
        Assert.Contains("no *.yaml", Assert.Single(store.LastErrors), StringComparison.Ordinal);
        Assert.Equal(UnmatchedAction.Deny, store.Current.Unmatched);
    }

    [Fact]
    public async Task ReloadAsync_OnlyACommentChanged_RecordsNothing()
    {
        var store = Store(Deny);
        Write("policy.yaml", "# a comment\n" + Deny);
        await store.ReloadAsync(_sink);
        Assert.Empty(_sink.Records);
    }

    [Fact]
    public void HasChanged_NewFileSwappedLinkOrOtherTime_IsSeen()
    {
        Write("..data-1/policy.yaml", Deny);
        Write("..data-2/policy.yaml", Allow);
        var link = Path.Combine(_folder, "policy.yaml");
        File.CreateSymbolicLink(link, Path.Combine(_folder, "..data-1", "policy.yaml"));
        var folder = Folder(_folder);
        var snapshot = folder.Load();
        Assert.Empty(snapshot.Errors);
        Assert.False(folder.HasChanged(snapshot));

        File.Delete(link);
        File.CreateSymbolicLink(link, Path.Combine(_folder, "..data-2", "policy.yaml"));
        Assert.True(folder.HasChanged(snapshot));

        snapshot = folder.Load();
        Write("second.yaml", "# to come");
        Assert.True(folder.HasChanged(snapshot));
    }

    /// <summary>The attack: a revoked key that stays in force because the new one is as long and a package set its time.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HasChanged_OtherContentOfTheSameLengthAndTime_IsSeen(bool inPlace)
    {
        Write("policy.yaml", Deny);
        var path = Path.Combine(_folder, "policy.yaml");
        var time = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, time);
        var folder = Folder(_folder);
        var snapshot = folder.Load();
        Assert.False(folder.HasChanged(snapshot));

        var written = inPlace ? path : path + ".new";
        File.WriteAllText(written, Deny.Replace("deny", "allo", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(written, time);
        File.Move(written, path, overwrite: true);
        Assert.True(folder.HasChanged(snapshot));
    }

    /// <summary>A folder on the way is swapped, as releases are by a link: the files' own names and times stay.</summary>
    [Fact]
    public void HasChanged_LinkOnTheWaySwapped_IsSeen()
    {
        var time = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (var release in (string[])["1", "2"])
        {
            Write($"{release}/policy.yaml", Deny);
            File.SetLastWriteTimeUtc(Path.Combine(_folder, release, "policy.yaml"), time);
        }

        var current = Path.Combine(_folder, "current");
        File.CreateSymbolicLink(current, "1");
        var folder = Folder(current);
        var snapshot = folder.Load();
        Assert.False(folder.HasChanged(snapshot));

        File.Delete(current);
        File.CreateSymbolicLink(current, "2");
        Assert.True(folder.HasChanged(snapshot));
    }

    [Fact]
    public void Load_DotFilesAndOtherNames_AreNotPolicies()
    {
        Write("policy.yaml", Deny);
        Write(".hidden.yaml", "nonsense: [");
        Write("notes.txt", "nonsense: [");
        Assert.NotNull(Folder(_folder).Load().Model);
    }

    [Fact]
    public void Load_KeyFileThatIsMissing_IsAnErrorThatNamesIt()
    {
        Write("policy.yaml", Deny.Replace("rules: []", "authorities: [{name: a, cosign: {keys: [{file: missing.pub}]}}]\nrules: [{name: r, images: [\"**\"], require: {anyOf: [a]}}]", StringComparison.Ordinal));
        var error = Assert.Single(Folder(_folder).Load().Errors);
        Assert.Contains(Path.Combine(_folder, "missing.pub"), error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private PolicyFolder Folder(string path) => new(path, new TufTrustStore(Path.Combine(_folder, ".state"), TimeProvider.System));

    private PolicyStore Store(string policy)
    {
        Write("policy.yaml", policy);
        var folder = Folder(_folder);
        return new PolicyStore(folder, folder.Load(), NullLogger<PolicyStore>.Instance);
    }

    private void Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private sealed class RecordingSink : IDecisionSink
    {
        public List<DecisionRecord> Records { get; } = [];

        public ValueTask RecordAsync(DecisionRecord record)
        {
            Records.Add(record);
            return ValueTask.CompletedTask;
        }
    }
}
