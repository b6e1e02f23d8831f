using NodeGate.Oci;
using NodeGate.Policy.Importing;

namespace NodeGate.Policy.Tests.Importing;

/// <summary>Connaisseur's patterns: the same rule decides, or the image is refused, or the document is.</summary>
public sealed class ConnaisseurPatternTests
{
    private const string Digest = "@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private static readonly string[] Validators = ["allow", "deny", "alice", "bob"];

    [Theory]
    [InlineData("*:*", "nginx", true)]
    [InlineData("*", "ghcr.io/a/b:1", true)]
    [InlineData("docker.io/library/*:*", "nginx", true)]
    [InlineData("docker.io/library/*:*", "docker.io/library/nginx" + Digest, true)]
    [InlineData("docker.io/library/*:*", "docker.io/org/app", false)]
    [InlineData("docker.io/*:*", "nginx", true)]
    [InlineData("ghcr.io/org/*", "ghcr.io/org/team/app:1", true)]
    [InlineData("ghcr.io/org/*", "evil.example/ghcr.io/org/app:1", false)]
    [InlineData("ghcr.io/org/*", "notghcr.io/org/app:1", false)]
    [InlineData("ghcr.io/org/app", "ghcr.io/org/app:1", true)]
    [InlineData("ghcr.io/org/app", "ghcr.io/org/app-tools/x:1", true)]
    [InlineData("ghcr.io/org/app:*", "ghcr.io/org/app:1", true)]
    [InlineData("ghcr.io/org/app:*", "ghcr.io/org/app-tools:1", false)]
    [InlineData("ghcr.io/org/app:*", "ghcr.io/org/app" + Digest, false)]
    [InlineData("ghcr.io/org/app:v1", "ghcr.io/org/app:v1.2", true)]
    [InlineData("ghcr.io/org/app:v1", "ghcr.io/org/app:v2", false)]
    [InlineData("ghcr.io/org/app:v*-slim", "ghcr.io/org/app:v1-slim-x", true)]
    [InlineData("ghcr.io/org/app:v*-slim", "ghcr.io/org/app:v1", false)]
    [InlineData("ghcr.io/org/*:v*", "ghcr.io/org/app:v1", true)]
    [InlineData("localhost:5000/org/*:*", "localhost:5000/org/app", true)]
    public void Import_ApprovedPattern_AdmitsWhatItsAuthorMeant(string pattern, string image, bool isAdmitted)
    {
        var model = ImportCases.Model(ImportSource.Connaisseur, Document((pattern, "allow")));

        Assert.Equal(isAdmitted, Meaning(model, image) is "allow");
    }

    [Theory]
    [InlineData("ghcr.io/*/app:*", "'*' is the only wildcard")]
    [InlineData("ghcr.io/org/ap?", "'*' is the only wildcard")]
    [InlineData("ghcr.io/{a,b}/*", "'*' is the only wildcard")]
    [InlineData("*/library/*:*", "anywhere in a name")]
    [InlineData("*docker.io/library/*:*", "anywhere in a name")]
    [InlineData("bitnami/*:*", "anywhere in a name")]
    [InlineData("nginx", "anywhere in a name")]
    [InlineData("ghcr.io*", "anywhere in a name")]
    [InlineData("localhost/app", "anywhere in a name")]
    [InlineData("ghcr.io/org/app@sha256:*", "also decides the tags")]
    [InlineData("docker.io/nginx:1", "NodeGate means 'docker.io/library/nginx:1*'")]
    [InlineData("index.docker.io/library/*", "its name for Docker Hub")]
    [InlineData("er.io/library/*", "its name for Docker Hub")]
    [InlineData("registry-1.docker.io/library/*", "NodeGate means 'docker.io/library/**'")]
    [InlineData("ghcr.io/Org/*", "for no pattern")]
    public void Import_PatternThatCannotBeKept_IsRefused(string pattern, string why)
    {
        var error = Assert.Single(ImportCases.Errors(ImportSource.Connaisseur, Document((pattern, "allow"))));

        Assert.Contains(why, error.Found, StringComparison.Ordinal);
        Assert.NotEmpty(error.Expected);
    }

    [Fact]
    public void Import_SameImagesTwice_TheLongerOrLaterPatternDecides()
    {
        var result = ImportCases.Import(
            ImportSource.Connaisseur, Document(("ghcr.io/org/*", "deny"), ("ghcr.io/org/*:*", "alice"), ("quay.io/x/*", "deny"), ("quay.io/x/*", "bob")));

        var model = Policies.Model(result.Document!);
        Assert.Equal(("alice", "bob"), (Meaning(model, "ghcr.io/org/app"), Meaning(model, "quay.io/x/app")));
        Assert.Equal(2, result.Notes.Count(n => n.Contains("never decides", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("allow", "alice", ":v1", "alice")]
    [InlineData("allow", "alice", ":x1", "allow")]
    [InlineData("allow", "alice", Digest, "alice")]
    [InlineData("allow", "alice", ":v1" + Digest, "alice")]
    [InlineData("bob", "alice", ":v1", "alice")]
    [InlineData("bob", "alice", ":x1", "bob")]
    [InlineData("bob", "alice", ":v1" + Digest, "deny")]
    [InlineData("bob", "deny", ":v1" + Digest, "deny")]
    [InlineData("bob", "deny", ":x1", "bob")]
    public void Import_TagPatternBesideALaxerRule_GuardsDigests(string rest, string tagged, string end, string expected)
    {
        var model = ImportCases.Model(ImportSource.Connaisseur, Document(("ghcr.io/org/*:*", rest), ("ghcr.io/org/app:v*", tagged)));

        Assert.Equal(expected, Meaning(model, "ghcr.io/org/app" + end));
    }

    [Fact]
    public void Import_TagPatternOfManyNamesBesideALaxerRule_IsRefusedAsADigestWouldBeAdmitted()
    {
        var error = Assert.Single(ImportCases.Errors(ImportSource.Connaisseur, Document(("*:*", "allow"), ("ghcr.io/org/*:v*", "alice"))));

        Assert.Contains("keeps only the digest of a reference with tag and digest", error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_TagPatterns_SayWhatBecomesOfDigests()
    {
        var notes = ImportCases.Import(ImportSource.Connaisseur, Document(("*:*", "deny"), ("ghcr.io/org/app:*", "alice"))).Notes;

        Assert.Contains(notes, n => n.Contains("those are decided by the rule for '*:*'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ghcr.io/org/*:v1", "ghcr.io/org/*:*")]
    [InlineData("ghcr.io/org/app:v*-a", "ghcr.io/org/app:v*-b")]
    public void Import_PatternsThatNodeGateCannotOrder_AreRefused(string one, string two) =>
        Assert.Contains(
            ImportCases.Errors(ImportSource.Connaisseur, Document((one, "alice"), (two, "alice"))), e => e.Found.Contains("could not tell which rule decides", StringComparison.Ordinal));

    [Theory]
    [InlineData("registry.k8s.io/etcd:1", "allow")]
    [InlineData("registry.k8s.io/docker.io/org/app:1", "deny")]
    [InlineData("registry.k8s.io/mirror/xdocker.io/org/app:1", "deny")]
    [InlineData("docker.io/org/app:1", "alice")]
    [InlineData("evil.example/docker.io/org/app:1", "deny")]
    public void Import_PatternInsideANameOfALaxerRule_IsDenied(string image, string expected)
    {
        var result = ImportCases.Import(ImportSource.Connaisseur, Document(("*:*", "deny"), ("registry.k8s.io/*:*", "allow"), ("docker.io/org/*:*", "alice")));

        Assert.Equal(expected, Meaning(Policies.Model(result.Document!), image));
        Assert.Contains(result.Notes, n => n.Contains("images of 'registry.k8s.io/*:*' with 'docker.io/org/*:*' inside their name are denied", StringComparison.Ordinal));
    }

    [Fact]
    public void Import_ManyPatternsBesideALaxerRule_AreGuardedInSeveralRules()
    {
        var rules = Enumerable.Range(0, 20).Select(i => ($"registry-{i}.example/org/*:*", i % 2 == 0 ? "alice" : "bob")).Prepend(("*:*", "allow"));

        var model = ImportCases.Model(ImportSource.Connaisseur, Document([.. rules]));

        Assert.Equal("alice", Meaning(model, "registry-2.example/org/app"));
        Assert.Equal("allow", Meaning(model, "mirror.example/org/app"));
        Assert.Equal("deny", Meaning(model, "mirror.example/registry-7.example/org/app"));
        Assert.All(model.Rules, r => Assert.InRange(r.Patterns.Length, 1, PolicyLimits.MaxPatternsPerRule));
    }

    /// <summary>Thousands of policies and images: NodeGate gives an image to the same rule, or refuses it; and to the same rule wherever no name hides in another.</summary>
    [Fact]
    public void Import_AnyPolicy_NeverAdmitsMoreThanConnaisseur()
    {
        string[] patterns =
        [
            "*:*", "*", "docker.io/*:*", "docker.io/library/*:*", "docker.io/library/app:*", "docker.io/library/app", "docker.io/org/*", "docker.io/org/app:v*", "ghcr.io/or*:v*",
            "ghcr.io/*", "ghcr.io/org/*:*", "ghcr.io/or*", "ghcr.io/org/app:*", "ghcr.io/org/app", "ghcr.io/org/app:v1", "ghcr.io/org/team/*", "ghcr.io/docker.io/*",
            "quay.io/*:*", "quay.io/org/*", "quay.io/docker.io/library/*", "k8s.io/*", "k8s.io/org/app:*", "io.example/org/*", "ocker.io.example/a/*",
        ];
        string[] hosts = ["docker.io", "ghcr.io", "quay.io", "k8s.io", "io.example", "evil.example", "xghcr.io", "ocker.io.example"];
        string[] parts = ["library", "org", "or", "app", "app2", "team", "a", "docker.io", "ghcr.io", "xdocker.io", "quay.io", "io.example", "k8s.io"];
        string[] ends = [":v1", ":v1.2", ":latest", Digest, ":v1" + Digest];
        var random = new Random(4);
        var (imported, exact) = (0, 0);
        string[] insideOthers = ["xghcr.io", "ocker.io.example"];
        for (var run = 0; run < 200; run++)
        {
            var chosen = Enumerable.Range(0, random.Next(2, 6)).Select(_ => (Pattern: Pick(patterns), Validator: Pick(Validators))).ToArray();
            if (ImportCases.Import(ImportSource.Connaisseur, Document(chosen)).Document is not { } document)
            {
                continue;
            }

            imported++;
            var model = Policies.Model(document);
            for (var i = 0; i < 80; i++)
            {
                var (host, path) = (Pick(hosts), string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Pick(parts))));
                var image = $"{host}/{path}{Pick(ends)}";
                var theirs = ConnaisseurOracle.Decide([.. chosen.Select(c => c.Pattern)], TheirName(image)) is >= 0 and var at ? chosen[at].Validator : "deny";
                var ours = Meaning(model, image);

                Assert.True(ours == "deny" || ours == theirs || theirs == "allow", $"{image}: {ours} instead of {theirs}\n{document}");
                if (!image.Contains('@', StringComparison.Ordinal) && !path.Contains('.', StringComparison.Ordinal) && !insideOthers.Contains(host))
                {
                    exact++;
                    Assert.True(ours == theirs, $"{image}: {ours} instead of {theirs}\n{document}");
                }
            }
        }

        Assert.True(imported > 50 && exact > 1000, $"{imported} policies, {exact} images");

        T Pick<T>(T[] of) => of[random.Next(of.Length)];
    }

    private static string TheirName(string image)
    {
        var name = image.StartsWith("docker.io/", StringComparison.Ordinal) ? "index." + image : image;
        var isShort = name.StartsWith("index.", StringComparison.Ordinal) && name.Count(c => c == '/') == 1;
        return isShort ? name.Replace("/", "/library/", StringComparison.Ordinal) : name;
    }

    private static string Meaning(PolicyModel model, string image) => model.Match(ImageReference.Parse(image), null, "default", Policies.Now).Action switch
    {
        RuleAction.Allow => "allow",
        RuleAction.Require require => Assert.IsType<Requirement.AuthorityRef>(require.Requirement).Authority.Name[..^"-default".Length],
        _ => "deny",
    };

    private static string Document(params (string Pattern, string Validator)[] rules) =>
        "validators:\n  - {name: allow, type: static, approve: true}\n  - {name: deny, type: static}\n"
        + $"  - {{name: alice, type: cosign, trustRoots: [{{name: default, key: {Key(Policies.One.PublicPem)}}}]}}\n"
        + $"  - {{name: bob, type: cosign, trustRoots: [{{name: default, key: {Key(Policies.Two.PublicPem)}}}]}}\npolicy:\n"
        + string.Concat(rules.Select(r => $"  - {{pattern: \"{r.Pattern}\", validator: {r.Validator}, with: {(r.Validator is "allow" or "deny" ? "{}" : "{verifyInTransparencyLog: false}")}}}\n"));

    private static string Key(string pem) => "\"" + pem.Trim().ReplaceLineEndings("\\n") + "\"";
}
