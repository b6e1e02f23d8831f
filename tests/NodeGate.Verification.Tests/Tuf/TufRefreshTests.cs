using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Tuf;
using NodeGate.Verification.Tuf;

namespace NodeGate.Verification.Tests.Tuf;

/// <summary>Root, timestamp, snapshot and targets: from a good repository, one thing wrong in each test.</summary>
public sealed class TufRefreshTests
{
    private static readonly DateTimeOffset Now = TufClient.Now;

    private readonly TufRepository _repository = TufRepository.WithTarget(Now);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Refresh_GoodRepository_StoresEveryRole(bool consistent)
    {
        _repository.IsConsistent = consistent;
        _repository.TargetFiles["trusted_root.json"] = "{}"u8.ToArray();
        _repository.PublishRoot();
        _repository.Publish();
        var client = new TufClient(_repository);

        var updater = client.Succeed("trusted_root.json");

        Assert.Equal((1L, 1L, 1L, 1L), (updater.Root!.Value.Version, updater.Timestamp!.Value.Version, updater.Snapshot!.Value.Version, updater.Targets!.Value.Version));
        Assert.Equal(Now.AddDays(365), updater.Timestamp.Value.Expires);
        Assert.Equal("{}"u8.ToArray(), updater.Files["trusted_root.json"].ToArray());
        Assert.Equal(
            ["store root.json", "store timestamp.json", "store snapshot.json", "store targets.json", "store trusted_root.json"], client.Log);
        Assert.Equal(consistent, client.Fetched.Contains("1.targets.json"));
    }

    [Fact]
    public void Refresh_NothingNew_FetchesTimestampAlone()
    {
        var client = new TufClient(_repository);
        client.Succeed("trusted_root.json");

        client.Succeed("trusted_root.json");

        Assert.Equal(["2.root.json", "timestamp.json"], client.Fetched);
        Assert.Empty(client.Log);
    }

    [Fact]
    public void Refresh_NewTargets_FetchesThem()
    {
        var client = new TufClient(_repository);
        client.Succeed("trusted_root.json");
        _repository.AddTarget("targets", "trusted_root.json", "{\"new\":1}");
        _repository.PublishNext();

        var updater = client.Succeed("trusted_root.json");

        Assert.Equal("{\"new\":1}"u8.ToArray(), updater.Files["trusted_root.json"].ToArray());
        Assert.Equal(2, updater.Targets!.Value.Version);
    }

    [Fact]
    public void Refresh_EachKindOfKey_IsUsed()
    {
        _repository.Root.Keys[0] = TufTestKey.EcdsaPoint();
        _repository.Timestamp.Keys[0] = TufTestKey.Ed25519();
        _repository.Snapshot.Keys[0] = TufTestKey.Rsa();
        Republish();

        new TufClient(_repository).Succeed("trusted_root.json");
    }

    [Fact]
    public void Refresh_KeyOfUnknownScheme_SignsNothing()
    {
        _repository.Timestamp.Keys[0] = TufTestKey.Ecdsa() with { Scheme = "ecdsa-sha2-nistp999" };
        Republish();

        Fails(TufFailureReason.BadSignature, "timestamp.json is signed by 0 of the keys");
    }

    [Fact]
    public void Refresh_RsaSignedWithOldPadding_BadSignature()
    {
        var pair = SigningKey.Rsa(2048, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
        _repository.Timestamp.Keys[0] = new TufTestKey(pair, "rsa", "rsassa-pss-sha256", pair.PublicPem);
        Republish();

        Fails(TufFailureReason.BadSignature, "timestamp.json is signed by 0 of the keys");
    }

    [Fact]
    public void Refresh_MemberThatNobodyKnows_IsSignedAsWell()
    {
        _repository.Timestamp.Signed["x-tuf-on-ci-signing-period"] = new JsonObject { ["ü\"\\"] = new JsonArray(-7, true, null), ["Z"] = "\n", ["\uFFFD"] = 1, ["\U00010000"] = 2 };
        _repository.PublishTimestamp();

        new TufClient(_repository).Succeed();
    }

    // --- signatures ---

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public void Refresh_SignedByAnotherRolesKey_BadSignature(string role)
    {
        Role(role).Keys[0] = _repository.Root.Keys[0];
        _repository.Publish();

        Fails(TufFailureReason.BadSignature, $"{role}.json is signed by 0 of the keys of the role {role}.json; 1 are needed");
    }

    [Fact]
    public void Refresh_Unsigned_BadSignature()
    {
        _repository.Metadata["timestamp.json"] = Altered("timestamp.json", file => file["signatures"] = new JsonArray());

        Fails(TufFailureReason.BadSignature, "timestamp.json is signed by 0 of");
    }

    [Fact]
    public void Refresh_ChangedAfterSigning_BadSignature()
    {
        _repository.Metadata["timestamp.json"] = Altered("timestamp.json", file => file["signed"]!["version"] = 2);

        Fails(TufFailureReason.BadSignature, "timestamp.json is signed by 0 of");
    }

    [Theory]
    [InlineData("")]
    [InlineData("zz")]
    [InlineData("0")]
    public void Refresh_SignatureThatIsNone_CountsForNothing(string signature)
    {
        _repository.Metadata["timestamp.json"] = Altered("timestamp.json", file => file["signatures"]![0]!["sig"] = signature);

        Fails(TufFailureReason.BadSignature, "timestamp.json is signed by 0 of");
    }

    [Fact]
    public void Refresh_EmptySignatureOfAnotherKey_IsIgnored()
    {
        _repository.Metadata["timestamp.json"] = Altered(
            "timestamp.json", file => file["signatures"]!.AsArray().Add(new JsonObject { ["keyid"] = "somebody", ["sig"] = "" }));

        new TufClient(_repository).Succeed();
    }

    [Fact]
    public void Refresh_OneKeyUnderTwoIds_CountsOnce()
    {
        var key = _repository.Timestamp.Keys[0];
        _repository.Timestamp.Keys.Add(key with { KeyId = "the same again" });
        _repository.Timestamp.Threshold = 2;
        Republish();

        Fails(TufFailureReason.BadSignature, "timestamp.json is signed by 1 of the keys of the role timestamp.json; 2 are needed");
    }

    [Fact]
    public void Refresh_OneSignatureTwice_CountsOnce()
    {
        _repository.Timestamp.Keys.Add(TufTestKey.Ecdsa());
        _repository.Timestamp.Threshold = 2;
        Republish();
        var one = _repository.Timestamp.Keys[0];
        _repository.Metadata["timestamp.json"] = _repository.Timestamp.Sign(one, one);

        Fails(TufFailureReason.BadSignature, "timestamp.json is signed by 1 of the keys of the role timestamp.json; 2 are needed");
    }

    [Theory]
    [InlineData(0, "has the threshold 0")]
    [InlineData(65, "has the threshold 65")]
    public void Refresh_ThresholdOutOfRange_Malformed(int threshold, string detail)
    {
        _repository.RotateRoot(() => _repository.Timestamp.Threshold = threshold);

        Fails(TufFailureReason.Malformed, "2.root.json: $.signed.roles.timestamp " + detail);
    }

    // --- root ---

    [Fact]
    public void Refresh_RootRotated_IsFollowed()
    {
        _repository.RotateRoot(() => _repository.Root.Keys[0] = TufTestKey.Ecdsa());
        _repository.RotateRoot(() => _repository.Root.Keys[1] = TufTestKey.Ecdsa());

        Assert.Equal(3, new TufClient(_repository).Succeed().Root!.Value.Version);
    }

    [Fact]
    public void Refresh_PinnedRootNotSignedByItself_BadSignature()
    {
        _repository.PublishRoot(_repository.Root.Keys[0]);

        Fails(TufFailureReason.BadSignature, "root.json is signed by 1 of the keys of root 1; 2 are needed");
    }

    [Fact]
    public void Refresh_NewRootWithoutOldKeys_BadSignature()
    {
        _repository.RotateRoot(() => _repository.Root.Keys.Add(TufTestKey.Ecdsa()));
        _repository.PublishRoot(_repository.Root.Keys[3], _repository.Root.Keys[0]);

        Fails(TufFailureReason.BadSignature, "2.root.json is signed by 1 of the keys of root 1; 2 are needed");
    }

    [Fact]
    public void Refresh_NewRootWithoutNewKeys_BadSignature()
    {
        var old = _repository.Root.Keys.ToArray();
        _repository.RotateRoot(() => _repository.Root.Keys[1] = _repository.Root.Keys[2] = TufTestKey.Ecdsa());
        _repository.PublishRoot(old);

        Fails(TufFailureReason.BadSignature, "2.root.json is signed by 1 of the keys of root 2; 2 are needed");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Refresh_NextRootOfAnotherVersion_WrongVersion(int version)
    {
        _repository.RotateRoot(() => { });
        _repository.Root.Version = version;
        _repository.Metadata["2.root.json"] = _repository.Root.Sign();

        Fails(TufFailureReason.WrongVersion, $"2.root.json is version {version}");
    }

    [Fact]
    public void Refresh_StoredRootOlderThanPinned_IsNotUsed()
    {
        _repository.RotateRoot(() => { });
        var client = new TufClient(_repository) { PinnedRoot = _repository.Metadata["2.root.json"] };
        client.Disk["Metadata/root.json"] = _repository.Metadata["1.root.json"];

        client.Succeed();

        Assert.Equal(["3.root.json"], client.Fetched.Where(name => name.EndsWith("root.json", StringComparison.Ordinal)));
    }

    [Fact]
    public void Refresh_RootOnTheWayExpired_IsFollowed()
    {
        _repository.RotateRoot(() => _repository.Root.Expires = Now.AddDays(-1));
        _repository.RotateRoot(() => _repository.Root.Expires = Now.AddDays(1));

        Assert.Equal(3, new TufClient(_repository).Succeed().Root!.Value.Version);
    }

    [Fact]
    public void Refresh_EndlessRoots_StopsAndKeepsWhatItHas()
    {
        for (var rotations = 0; rotations <= TufLimits.MaxRootRotations; rotations++)
        {
            _repository.RotateRoot(() => { });
        }

        var client = new TufClient(_repository);
        client.Fail(TufFailureReason.TooLarge, "the chain of roots goes on after 256 new ones");

        Assert.Equal(_repository.Metadata["257.root.json"], client.Disk["Metadata/root.json"]);
        Assert.Equal(258, client.Succeed().Root!.Value.Version);
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    public void Refresh_KeysRotatedAfterFastForward_Recovers(string role)
    {
        // Who has the keys can sign a version that no honest one ever reaches; with new keys the old memory has to go (5.3.11).
        _repository.Timestamp.Version = int.MaxValue;
        _repository.Snapshot.Version = int.MaxValue;
        _repository.Publish();
        var client = new TufClient(_repository);
        client.Succeed();
        _repository.RotateRoot(() => Role(role).Keys[0] = TufTestKey.Ecdsa());
        (_repository.Timestamp.Version, _repository.Snapshot.Version) = (2, 2);
        _repository.Publish();

        Assert.Equal(2, client.Succeed().Snapshot!.Value.Version);
        Assert.Equal(["delete timestamp.json", "delete snapshot.json", "store root.json"], client.Log.Take(3));
    }

    [Fact]
    public void Refresh_RootWithTheSameKeys_KeepsItsMemory()
    {
        var client = new TufClient(_repository);
        _repository.PublishNext();
        client.Succeed();
        _repository.RotateRoot(() => _repository.Timestamp.Keys[0] = _repository.Timestamp.Keys[0] with { KeyId = "renamed" });
        _repository.Timestamp.Version = 1;
        _repository.Publish();

        // The stored file is signed under the old id, and so forgotten; but nothing was deleted before the new one was good.
        client.Succeed();
        Assert.DoesNotContain("delete timestamp.json", client.Log);
    }

    [Fact]
    public void Refresh_KeyAddedAndThresholdRaised_KeepsItsMemory()
    {
        var client = new TufClient(_repository);
        _repository.PublishNext();
        client.Succeed();
        _repository.RotateRoot(() =>
        {
            _repository.Snapshot.Keys.Add(TufTestKey.Ecdsa());
            _repository.Timestamp.Keys.Add(TufTestKey.Ecdsa());
            _repository.Snapshot.Threshold = 3;
        });
        _repository.Timestamp.Version = 1;
        _repository.PublishTimestamp();

        client.Fail(TufFailureReason.Rollback, "timestamp.json is version 1; version 2 was seen before");
        Assert.Contains("Metadata/snapshot.json", client.Disk.Keys);
    }

    // --- expiry: nobody may hold the repository where it was ---

    [Theory]
    [InlineData("root")]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public void Refresh_RoleExpired_Expired(string role)
    {
        Role(role).Expires = Now;
        Republish();

        Fails(TufFailureReason.Expired, $"{role}.json, version 1, expired at 2026-03-01T00:00:00Z");
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public void Refresh_StoredRoleHasExpiredSince_Expired(string role)
    {
        Role(role).Expires = Now.AddDays(1);
        _repository.Publish();
        var client = new TufClient(_repository);
        client.Succeed();

        client.Fail(TufFailureReason.Expired, $"{role}.json, version 1, expired at 2026-03-02T00:00:00Z", Now.AddDays(1));
    }

    // --- rollback ---

    [Fact]
    public void Refresh_TimestampOlderThanSeen_Rollback()
    {
        var client = new TufClient(_repository);
        var old = _repository.Metadata["timestamp.json"];
        _repository.Timestamp.Version = 2;
        _repository.PublishTimestamp();
        client.Succeed();
        _repository.Metadata["timestamp.json"] = old;

        client.Fail(TufFailureReason.Rollback, "timestamp.json is version 1; version 2 was seen before");
    }

    [Fact]
    public void Refresh_TimestampOfTheSameVersion_KeepsTheFirst()
    {
        var client = new TufClient(_repository);
        client.Succeed();
        var first = client.Disk["Metadata/timestamp.json"];
        _repository.Timestamp.Signed["x-other"] = 1;
        _repository.PublishTimestamp();

        client.Succeed();

        Assert.Equal(first, client.Disk["Metadata/timestamp.json"]);
    }

    [Fact]
    public void Refresh_SnapshotOlderThanSeen_Rollback()
    {
        var client = new TufClient(_repository);
        _repository.Snapshot.Version = 2;
        _repository.Publish();
        client.Succeed();
        _repository.Snapshot.Version = 1;
        _repository.Timestamp.Version = 2;
        _repository.Publish();

        client.Fail(TufFailureReason.Rollback, "snapshot.json in timestamp.json is version 1; version 2 was seen before");
    }

    [Fact]
    public void Refresh_TargetsOlderThanSeen_Rollback()
    {
        var client = new TufClient(_repository);
        _repository.PublishNext();
        client.Succeed();
        _repository.PublishNext();
        _repository.Targets.Version = 1;
        _repository.Publish();

        client.Fail(TufFailureReason.Rollback, "'targets.json' in snapshot.json is version 1; version 2 was seen before");
    }

    [Fact]
    public void Refresh_DelegatedRoleGone_Rollback()
    {
        var client = new TufClient(_repository);
        _repository.AddDelegation("targets", "team");
        _repository.PublishNext();
        client.Succeed();
        _repository.Roles.Remove("team");
        _repository.Snapshot.Signed["meta"]!.AsObject().Remove("team.json");
        _repository.PublishNext();

        client.Fail(TufFailureReason.Rollback, "'team.json' in snapshot.json is gone; version 2 was seen before");
    }

    [Fact]
    public void Refresh_FailureAfterTheTimestamp_IsRemembered()
    {
        var client = new TufClient(_repository);
        var old = _repository.Metadata["timestamp.json"];
        _repository.PublishNext();
        _repository.Metadata.Remove("2.snapshot.json");
        client.Fail(TufFailureReason.NotFound, "the repository has no 2.snapshot.json");
        _repository.Metadata["timestamp.json"] = old;

        client.Fail(TufFailureReason.Rollback, "timestamp.json is version 1; version 2 was seen before");
    }

    // --- mix and match, and what signed metadata says of other files ---

    [Theory]
    [InlineData("snapshot", "timestamp")]
    [InlineData("targets", "snapshot")]
    public void Refresh_FileOfAnotherVersion_WrongVersion(string role, string above)
    {
        // Without hashes in the metadata above, the version alone ties the two together.
        var entry = Role(above).Signed["meta"]![$"{role}.json"]!.AsObject();
        entry.Remove("hashes");
        entry.Remove("length");
        entry["version"] = 2;
        _repository.Metadata[$"2.{role}.json"] = _repository.Metadata[$"1.{role}.json"];
        PublishAbove(role);

        Fails(TufFailureReason.WrongVersion, $"{role}.json is version 1; 2 was expected");
    }

    [Theory]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public void Refresh_FileWithAnotherHash_WrongHash(string role)
    {
        // The same length (Ed25519's signatures have one), the same version, good signatures: another file all the same.
        Role(role).Keys[0] = TufTestKey.Ed25519();
        Role(role).Signed["x"] = 1;
        Republish();
        Role(role).Signed["x"] = 2;
        _repository.Metadata[$"1.{role}.json"] = Role(role).Sign();

        Fails(TufFailureReason.WrongHash, $"{role}.json has the sha256");
    }

    [Theory]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public void Refresh_FileShorterThanStated_WrongLength(string role)
    {
        _repository.Metadata[$"1.{role}.json"] = "{}"u8.ToArray();

        Fails(TufFailureReason.WrongLength, $"{role}.json has 2 bytes;");
    }

    [Theory]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public void Refresh_FileLongerThanStated_TooLarge(string role)
    {
        _repository.Metadata[$"1.{role}.json"] = [.. _repository.Metadata[$"1.{role}.json"], (byte)' '];

        Fails(TufFailureReason.TooLarge, $"1.{role}.json has more than");
    }

    [Fact]
    public void Refresh_SnapshotWithoutTargets_Malformed()
    {
        _repository.Snapshot.Signed["meta"]!.AsObject().Remove("targets.json");
        _repository.PublishSnapshot();
        _repository.PublishTimestamp();

        Fails(TufFailureReason.Malformed, "snapshot.json does not list 'targets.json'");
    }

    [Theory]
    [InlineData("timestamp.json", "timestamp.json")]
    [InlineData("1.snapshot.json", "1.snapshot.json")]
    [InlineData("1.targets.json", "1.targets.json")]
    public void Refresh_FileMissing_NotFound(string file, string detail)
    {
        _repository.Metadata.Remove(file);

        Fails(TufFailureReason.NotFound, $"the repository has no {detail}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Refresh_StoredFileDamaged_IsFetchedAgain(int kept)
    {
        foreach (var name in new[] { "root.json", "timestamp.json", "snapshot.json", "targets.json" })
        {
            var client = new TufClient(_repository);
            client.Succeed();
            client.Disk["Metadata/" + name] = client.Disk["Metadata/" + name][..kept];

            client.Succeed();

            Assert.True(client.Disk["Metadata/" + name].Length > kept, name);
        }
    }

    private void Fails(TufFailureReason reason, string detail) => new TufClient(_repository).Fail(reason, detail);

    private TufTestRole Role(string name) => name switch
    {
        "root" => _repository.Root,
        "timestamp" => _repository.Timestamp,
        "snapshot" => _repository.Snapshot,
        _ => _repository.Roles[name],
    };

    private void Republish()
    {
        _repository.PublishRoot();
        _repository.Publish();
    }

    private void PublishAbove(string role)
    {
        if (role == "targets")
        {
            _repository.PublishSnapshot();
        }

        _repository.PublishTimestamp();
    }

    private byte[] Altered(string file, Action<JsonNode> change)
    {
        var document = JsonNode.Parse(_repository.Metadata[file])!;
        change(document);
        return System.Text.Encoding.UTF8.GetBytes(document.ToJsonString());
    }
}
