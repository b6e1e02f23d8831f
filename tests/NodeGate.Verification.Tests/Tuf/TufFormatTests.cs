using System.Text.Json.Nodes;
using NodeGate.Testing.Tuf;
using NodeGate.Verification.Tuf;

namespace NodeGate.Verification.Tests.Tuf;

/// <summary>What metadata has to look like, and each limit on what is read of it.</summary>
public sealed class TufFormatTests
{
    private readonly TufRepository _repository = TufRepository.WithTarget(TufClient.Now);

    [Theory]
    [InlineData("""{"signed":1""", "not strict JSON")]
    [InlineData("""{"signed":{},"signed":{},"signatures":[]}""", "not strict JSON")]
    [InlineData("""{"signatures":[]}""", "$ has no 'signed'")]
    [InlineData("[]", "$ is not an object")]
    public void Read_NoMetadata_Malformed(string content, string detail)
    {
        _repository.Metadata["timestamp.json"] = System.Text.Encoding.UTF8.GetBytes(content);

        Fails(TufFailureReason.Malformed, "timestamp.json: " + detail);
    }

    [Theory]
    [InlineData("_type", "\"snapshot\"", "is of the type 'snapshot'; expected 'timestamp'")]
    [InlineData("spec_version", "\"2.0\"", "follows the specification '2.0'; expected 1.x")]
    [InlineData("spec_version", "\"1\"", null)]
    [InlineData("version", "0", "has the version 0")]
    [InlineData("version", "-1", "$.signed.version is '-1'")]
    [InlineData("version", "1.0", "the number '1.0' is not a whole one")]
    [InlineData("x", "1e3", "the number '1e3' is not a whole one")]
    [InlineData("x", "-0", "the number '-0' is not a whole one")]
    [InlineData("expires", "\"tomorrow\"", "$.signed.expires is 'tomorrow'")]
    [InlineData("expires", "\"2026-03-01T00:00:01.5+00:00\"", null)]
    public void Read_Member_IsJudged(string member, string value, string? detail)
    {
        _repository.Timestamp.Signed[member] = JsonNode.Parse(value);
        _repository.PublishTimestamp();

        if (detail is null)
        {
            new TufClient(_repository).Succeed();
        }
        else
        {
            Fails(TufFailureReason.Malformed, detail);
        }
    }

    [Fact]
    public void Read_ConsistentSnapshotThatIsNoFlag_Malformed()
    {
        _repository.Root.Signed["consistent_snapshot"] = "yes";
        _repository.PublishRoot();

        Fails(TufFailureReason.Malformed, "root.json: $.signed.consistent_snapshot is neither true nor false");
    }

    [Theory]
    [InlineData("timestamp.json", TufLimits.MaxTimestampBytes)]
    [InlineData("2.root.json", TufLimits.MaxRootBytes)]
    public void Limit_FileOfNoStatedLength_TooLarge(string name, int limit)
    {
        _repository.Metadata[name] = new byte[limit + 1];

        Fails(TufFailureReason.TooLarge, $"{name} has more than {limit} bytes");
    }

    [Theory]
    [InlineData("snapshot", TufLimits.MaxSnapshotBytes)]
    [InlineData("targets", TufLimits.MaxTargetsBytes)]
    public void Limit_StatedLengthOfMetadata_TooLarge(string role, int limit)
    {
        var above = role == "snapshot" ? _repository.Timestamp : _repository.Snapshot;
        above.Signed["meta"]![$"{role}.json"]!["length"] = limit + 1;
        if (role == "targets")
        {
            _repository.PublishSnapshot();
        }

        _repository.PublishTimestamp();

        Fails(TufFailureReason.TooLarge, $"{role}.json has {limit + 1} bytes; at most {limit} are read");
    }

    [Fact]
    public void Limit_StatedLengthOfTarget_TooLarge()
    {
        _repository.Targets.Signed["targets"]!["trusted_root.json"]!["length"] = TufLimits.MaxTargetFileBytes + 1;
        _repository.Publish();

        new TufClient(_repository).Fail(
            TufFailureReason.TooLarge, $"trusted_root.json has {TufLimits.MaxTargetFileBytes + 1} bytes", null, "trusted_root.json");
    }

    [Fact]
    public void Limit_Signatures_TooLarge()
    {
        var signatures = Enumerable.Range(0, TufLimits.MaxSignatures + 1).Select(i => new JsonObject { ["keyid"] = $"{i}", ["sig"] = "" });
        _repository.Metadata["timestamp.json"] = System.Text.Encoding.UTF8.GetBytes(
            new JsonObject { ["signed"] = _repository.Timestamp.Signed.DeepClone(), ["signatures"] = new JsonArray([.. signatures]) }.ToJsonString());

        Fails(TufFailureReason.TooLarge, "$.signatures has 65 entries; at most 64 are read");
    }

    [Fact]
    public void Limit_Hashes_TooLarge()
    {
        _repository.Timestamp.Signed["meta"]!["snapshot.json"]!["hashes"] =
            new JsonObject(Enumerable.Range(0, TufLimits.MaxHashes + 1).Select(i => KeyValuePair.Create($"h{i}", (JsonNode?)"00")));
        _repository.PublishTimestamp();

        Fails(TufFailureReason.TooLarge, "has 17 members; at most 16 are read");
    }

    [Fact]
    public void Limit_KeyIds_TooLarge()
    {
        for (var i = 0; i < TufLimits.MaxKeyIds; i++)
        {
            _repository.Timestamp.Keys.Add(_repository.Timestamp.Keys[0] with { KeyId = $"{i}" });
        }

        _repository.PublishRoot();

        Fails(TufFailureReason.TooLarge, "root.json: $.signed.roles.timestamp.keyids has 65 entries; at most 64 are read");
    }

    [Fact]
    public void Limit_Keys_TooLarge()
    {
        _repository.PublishRoot();
        for (var i = 0; i < TufLimits.MaxKeys; i++)
        {
            _repository.Root.Signed["keys"]![$"{i}"] = new JsonObject();
        }

        var root = _repository.Root.Sign();
        new TufClient(_repository) { PinnedRoot = root }.Fail(TufFailureReason.TooLarge, "root.json: $.signed.keys has 1030 members; at most 1024 are read");
    }

    [Theory]
    [InlineData("roles", TufLimits.MaxDelegations, "$.signed.delegations.roles has")]
    [InlineData("paths", TufLimits.MaxPatterns, "paths has")]
    public void Limit_Delegations_TooLarge(string list, int limit, string detail)
    {
        _repository.AddDelegation("targets", "team");
        var roles = _repository.Targets.Signed["delegations"]!["roles"]!;
        var entries = (list == "roles" ? roles : roles[0]!["paths"]!).AsArray();
        for (var i = 0; i < limit; i++)
        {
            entries.Add(JsonValue.Create("p"));
        }

        _repository.Publish();

        Fails(TufFailureReason.TooLarge, $"{detail} {limit + 1} entries; at most {limit} are read");
    }

    [Fact]
    public void Limit_Targets_TooLarge()
    {
        _repository.Targets.Signed["targets"] = new JsonObject(Enumerable.Range(0, TufLimits.MaxFiles + 1).Select(i => KeyValuePair.Create($"{i}", (JsonNode?)1)));
        _repository.Publish();

        Fails(TufFailureReason.TooLarge, $"$.signed.targets has {TufLimits.MaxFiles + 1} members");
    }

    private void Fails(TufFailureReason reason, string detail) => new TufClient(_repository).Fail(reason, detail);
}
