using NodeGate.Testing.Tuf;
using NodeGate.Verification.Tuf;

namespace NodeGate.Verification.Tests.Tuf;

/// <summary>Target files and the roles that may list them: from a good repository, one thing wrong in each test.</summary>
public sealed class TufTargetTests
{
    private static readonly DateTimeOffset Now = TufClient.Now;

    private readonly TufRepository _repository = TufRepository.WithTarget(Now);

    [Theory]
    [InlineData("team")]
    [InlineData("?")]
    [InlineData("#")]
    [InlineData("/role")]
    [InlineData("../role")]
    [InlineData("..")]
    public void Download_FromDelegatedRole_StaysInItsFolder(string role)
    {
        _repository.AddDelegation("targets", role);
        _repository.AddTarget(role, "file", "content");
        _repository.PublishNext();
        var client = new TufClient(_repository);

        Assert.Equal("content"u8.ToArray(), client.Succeed("file").Files["file"].ToArray());
        Assert.Contains(client.Log, step => step == $"store {Uri.EscapeDataString(role)}.json");
        Assert.All(client.Log, step => Assert.DoesNotContain('/', step));
    }

    [Theory]
    [InlineData("dir/sub/file.txt", "*", false)]
    [InlineData("dir/sub/file.txt", "dir/*", false)]
    [InlineData("dir/sub/file.txt", "dir/*/*", true)]
    [InlineData("dir/sub/file.txt", "dir/sub/*.txt", true)]
    [InlineData("dir/sub/file.txt", "dir/sub/f??e.t*t", true)]
    [InlineData("dir/sub/file.txt", "dir/sub/*l*e*", true)]
    [InlineData("dir/sub/file.txt", "dir/sub/*.tx", false)]
    [InlineData("dir/sub/file.txt", "DIR/sub/*", false)]
    [InlineData("dir/sub/file.txt", "dir/sub/file.txt?", false)]
    public void Download_DelegatedByPattern_OnlyWhatItCovers(string target, string pattern, bool covered)
    {
        _repository.AddDelegation("targets", "team", paths: [pattern]);
        _repository.AddTarget("team", target, "content");
        _repository.PublishNext();
        var client = new TufClient(_repository);

        if (covered)
        {
            client.Succeed(target);
        }
        else
        {
            client.Fail(TufFailureReason.UnknownTarget, $"no role that may do so lists the target file '{target}'", null, target);
        }
    }

    [Fact]
    public void Download_HostilePattern_IsMatchedInTime()
    {
        // A matcher that backtracks to every star would not come to an end.
        var target = new string('a', 190);
        _repository.AddDelegation("targets", "team", paths: [string.Concat(Enumerable.Repeat("*a", 90)) + "b"]);
        _repository.PublishNext();

        Fails(TufFailureReason.UnknownTarget, "no role that may do so lists the target file", target);
    }

    [Theory]
    [InlineData("3b9c358f36f0a31b6ad3e14f309c7cf198ac9246e8316f9ce543d5b19ac02b80", true)]
    [InlineData("3", true)]
    [InlineData("4", false)]
    public void Download_DelegatedByHashPrefix_OnlyWhatItCovers(string prefix, bool covered)
    {
        // The prefix of the SHA-256 of "file".
        _repository.AddDelegation("targets", "bin", hashPrefixes: [prefix]);
        _repository.AddTarget("bin", "file", "content");
        _repository.PublishNext();

        Assert.Equal(covered, new TufClient(_repository).Refresh(null, "file").Failure is null);
    }

    [Fact]
    public void Download_ListedTwice_FirstInTheOrderOfTrustWins()
    {
        // targets → a → a1 before b: in depth first.
        _repository.AddDelegation("targets", "a");
        _repository.AddDelegation("targets", "b");
        _repository.AddDelegation("a", "a1");
        _repository.AddTarget("a1", "file", "of a1");
        _repository.AddTarget("b", "file", "of b");
        _repository.PublishNext();
        var client = new TufClient(_repository);

        Assert.Equal("of a1"u8.ToArray(), client.Succeed("file").Files["file"].ToArray());
        Assert.DoesNotContain("2.b.json", client.Fetched);
    }

    [Fact]
    public void Download_AfterTerminatingDelegation_NobodyElseIsAsked()
    {
        _repository.AddDelegation("targets", "a");
        _repository.AddDelegation("targets", "b");
        _repository.AddDelegation("a", "a1", terminating: true);
        _repository.AddDelegation("a", "a2");
        _repository.AddTarget("a2", "file", "of a2");
        _repository.AddTarget("b", "file", "of b");
        _repository.PublishNext();

        Fails(TufFailureReason.UnknownTarget, "no role that may do so lists the target file 'file'");
    }

    [Fact]
    public void Download_TerminatingDelegationOfOtherFiles_DoesNotEndTheSearch()
    {
        _repository.AddDelegation("targets", "a", terminating: true, paths: ["other"]);
        _repository.AddDelegation("targets", "b");
        _repository.AddTarget("b", "file", "of b");
        _repository.PublishNext();

        new TufClient(_repository).Succeed("file");
    }

    [Fact]
    public void Download_DelegationsInACycle_EndsAndAsksEachOnce()
    {
        _repository.AddDelegation("targets", "a");
        _repository.AddDelegation("a", "b");
        _repository.AddDelegation("b", "a");
        _repository.PublishNext();
        var client = new TufClient(_repository);

        client.Fail(TufFailureReason.UnknownTarget, "no role that may do so lists the target file 'file'", null, "file");
        Assert.Single(client.Fetched, name => name == "2.a.json");
    }

    [Theory]
    [InlineData(31, TufFailureReason.UnknownTarget)]
    [InlineData(32, TufFailureReason.TooLarge)]
    public void Download_ManyDelegations_AreFollowedToTheLimit(int roles, TufFailureReason reason)
    {
        for (var i = 0; i < roles; i++)
        {
            _repository.AddDelegation("targets", $"role{i}");
        }

        _repository.PublishNext();

        Fails(reason, "the target file 'file'");
    }

    [Fact]
    public void Download_DelegatedRoleSignedByItsDelegator_BadSignature()
    {
        _repository.AddDelegation("targets", "team").Keys[0] = _repository.Targets.Keys[0];
        _repository.PublishNext();

        Fails(TufFailureReason.BadSignature, "team.json is signed by 0 of the keys of the role team.json");
    }

    [Fact]
    public void Download_DelegatedRoleWithThresholdZero_Malformed()
    {
        _repository.AddDelegation("targets", "team");
        _repository.Targets.Signed["delegations"]!["roles"]![0]!["threshold"] = 0;
        _repository.PublishNext();

        Fails(TufFailureReason.Malformed, "has the threshold 0; expected at least 1");
    }

    [Fact]
    public void Download_DelegatedRoleExpired_Expired()
    {
        _repository.AddDelegation("targets", "team").Expires = Now.AddSeconds(-1);
        _repository.PublishNext();

        Fails(TufFailureReason.Expired, "team.json, version 2, expired at 2026-02-28T23:59:59Z");
    }

    [Fact]
    public void Download_DelegatedRoleNotInSnapshot_Malformed()
    {
        _repository.AddDelegation("targets", "team");
        _repository.Roles.Remove("team");
        _repository.PublishNext();

        Fails(TufFailureReason.Malformed, "snapshot.json does not list 'team.json'");
    }

    [Theory]
    [InlineData("root")]
    [InlineData("targets")]
    [InlineData("")]
    public void Download_DelegationToTopLevelRole_Malformed(string name)
    {
        _repository.AddDelegation("targets", "team");
        _repository.Targets.Signed["delegations"]!["roles"]![0]!["name"] = name;
        _repository.PublishNext();

        Fails(TufFailureReason.Malformed, $"delegates to '{name}', which is no name for a delegated role");
    }

    [Fact]
    public void Download_DelegationWithoutPaths_Malformed()
    {
        _repository.AddDelegation("targets", "team");
        _repository.Targets.Signed["delegations"]!["roles"]![0]!.AsObject().Remove("paths");
        _repository.PublishNext();

        Fails(TufFailureReason.Malformed, "has both or none of 'paths' and 'path_hash_prefixes'");
    }

    [Fact]
    public void Download_RoleNameTooLong_UnsafeName()
    {
        _repository.AddDelegation("targets", new string('r', 201));
        _repository.PublishNext();

        Fails(TufFailureReason.UnsafeName, "has a name of more than 200 bytes");
    }

    // --- the files ---

    [Theory]
    [InlineData("../../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/x")]
    [InlineData("a//x")]
    [InlineData("./x")]
    [InlineData("a\\..\\x")]
    [InlineData("a\0x")]
    [InlineData("")]
    public void Download_NameThatLeadsOut_UnsafeName(string name)
    {
        // The repository lists and signs it: that makes it no better (CVE-2026-24137).
        _repository.AddTarget("targets", name, "content");
        _repository.PublishNext();

        Fails(TufFailureReason.UnsafeName, "is not named by a plain relative path", name);
    }

    [Fact]
    public void Download_NameTooLong_UnsafeName() => Fails(TufFailureReason.UnsafeName, "has a name of more than 200 bytes", new string('t', 201));

    [Fact]
    public void Download_NameWithFolders_LiesFlatOnDisk()
    {
        _repository.AddTarget("targets", "a/b c/ü.json", "content");
        _repository.PublishNext();
        var client = new TufClient(_repository);

        client.Succeed("a/b c/ü.json");

        Assert.Contains("Targets/a%2Fb%20c%2F%C3%BC.json", client.Disk.Keys);
        Assert.Contains(client.Fetched, path => path.StartsWith("a/b%20c/", StringComparison.Ordinal) && path.EndsWith(".%C3%BC.json", StringComparison.Ordinal));
    }

    [Fact]
    public void Download_NotListed_UnknownTarget() => Fails(TufFailureReason.UnknownTarget, "no role that may do so lists the target file 'other'", "other");

    [Fact]
    public void Download_FileReplaced_WrongHash()
    {
        Replace("[]");

        Fails(TufFailureReason.WrongHash, "trusted_root.json has the sha256 4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945;", "trusted_root.json");
    }

    [Theory]
    [InlineData("{", TufFailureReason.WrongLength, "trusted_root.json has 1 bytes; 2 were expected")]
    [InlineData("{ }", TufFailureReason.TooLarge, "has more than 2 bytes")]
    public void Download_FileOfAnotherLength_IsRefused(string content, TufFailureReason reason, string detail)
    {
        Replace(content);

        Fails(reason, detail, "trusted_root.json");
    }

    [Fact]
    public void Download_FileMissing_NotFound()
    {
        _repository.TargetFiles.Clear();

        Fails(TufFailureReason.NotFound, ".trusted_root.json", "trusted_root.json");
    }

    [Fact]
    public void Download_StoredFileDamaged_IsFetchedAgain()
    {
        var client = new TufClient(_repository);
        client.Succeed("trusted_root.json");
        client.Disk["Targets/trusted_root.json"] = "[]"u8.ToArray();

        Assert.Equal("{}"u8.ToArray(), client.Succeed("trusted_root.json").Files["trusted_root.json"].ToArray());
        Assert.Equal("{}"u8.ToArray(), client.Disk["Targets/trusted_root.json"]);
    }

    [Fact]
    public void Download_BySha512_IsVerified()
    {
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData("{}"u8));
        _repository.Targets.Signed["targets"]!["trusted_root.json"]!["hashes"] = new System.Text.Json.Nodes.JsonObject { ["sha512"] = hash };
        _repository.TargetFiles[$"{hash}.trusted_root.json"] = "{}"u8.ToArray();
        _repository.PublishNext();
        new TufClient(_repository).Succeed("trusted_root.json");
        _repository.TargetFiles[$"{hash}.trusted_root.json"] = "[]"u8.ToArray();

        Fails(TufFailureReason.WrongHash, "trusted_root.json has the sha512", "trusted_root.json");
    }

    [Fact]
    public void Download_WithoutHashThatIsKnown_Malformed()
    {
        _repository.Targets.Signed["targets"]!["trusted_root.json"]!["hashes"] = new System.Text.Json.Nodes.JsonObject { ["md5"] = "00" };
        _repository.PublishNext();

        Fails(TufFailureReason.Malformed, "has neither a sha256 nor a sha512", "trusted_root.json");
    }

    private void Fails(TufFailureReason reason, string detail, string target = "file") => new TufClient(_repository).Fail(reason, detail, null, target);

    private void Replace(string content)
    {
        var path = _repository.TargetFiles.Keys.Single();
        _repository.TargetFiles[path] = System.Text.Encoding.UTF8.GetBytes(content);
    }
}
