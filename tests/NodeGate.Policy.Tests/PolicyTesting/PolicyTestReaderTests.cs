using System.Text;
using NodeGate.Oci;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Testing;

namespace NodeGate.Policy.Tests.PolicyTesting;

public sealed class PolicyTestReaderTests
{
    private const string Head = "apiVersion: nodegate.dev/v1\nkind: PolicyTest\n";
    private const string Good = "name: a, image: nginx, expect: {decision: Denied}";

    [Fact]
    public void Read_EveryKey_IsKept()
    {
        var (documents, errors) = Read(Head + """
            policy: ../policy.d
            cases:
              - name: release is admitted in prod
                image: ghcr.io/org/app:1.4
                namespace: prod-a
                recording: app-1.4.json
                at: 2026-11-21T12:00:00Z
                expect: {decision: Admitted, reason: Verified, rule: org, mode: audit}
              - name: by digest
                image: nginx
                digest: sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
                expect: {decision: Denied}
            """);

        Assert.Empty(errors);
        var document = Assert.Single(documents);
        Assert.Equal("../policy.d", document.Policy);
        var first = document.Cases[0];
        Assert.Equal(
            ("release is admitted in prod", "ghcr.io/org/app:1.4", "prod-a", "app-1.4.json", null, new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero)),
            (first.Name, first.Image, first.Namespace, first.Recording, first.Digest, first.At));
        Assert.Equal(new PolicyTestExpectation("Admitted", DecisionReason.Verified, "org", PolicyMode.Audit), first.Expected);
        Assert.Equal(new PolicyTestExpectation("Denied", null, null, null), document.Cases[1].Expected);
        Assert.EndsWith("aaaa", document.Cases[1].Digest!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name: a, image: nginx", "cases[0]", "no 'expect'")]
    [InlineData("name: a, image: nginx, expect: {}", "cases[0].expect", "no 'decision'")]
    [InlineData("name: a, image: nginx, expect: {decision: denied}", "cases[0].expect.decision", "'denied'")]
    [InlineData("name: a, image: nginx, expect: {decision: Denied, reason: Unsigned}", "cases[0].expect.reason", "'Unsigned'")]
    [InlineData("name: a, image: nginx, expect: {decision: Denied, mode: off}", "cases[0].expect.mode", "'off'")]
    [InlineData("name: a, image: nginx, expect: {decision: Denied, rules: x}", "cases[0].expect.rules", "the unknown key 'rules'")]
    [InlineData("name: a, expect: {decision: Denied}", "cases[0]", "no 'image'")]
    [InlineData("image: nginx, expect: {decision: Denied}", "cases[0]", "no 'name'")]
    [InlineData(Good + ", digest: sha256:00", "cases[0].digest", "'sha256:00'")]
    [InlineData(Good + ", at: noon", "cases[0].at", "'noon'")]
    [InlineData(Good + ", recordings: x", "cases[0].recordings", "the unknown key 'recordings'")]
    [InlineData(Good + ", recording: x, digest: \"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "cases[0].digest", "'digest' beside 'recording'")]
    public void Read_WrongCase_IsAnErrorWithItsPlace(string test, string path, string found)
    {
        var error = Assert.Single(Read(Head + "cases:\n  - {" + test + "}\n").Errors);

        Assert.Equal((path, found), (error.Position.Path, error.Found));
        Assert.Equal((4, "tests.yaml"), (error.Position.Line, error.Position.File));
    }

    [Fact]
    public void Read_NameTwice_IsAnError() =>
        Assert.Contains("a second time", Assert.Single(Read(Head + "cases:\n  - {" + Good + "}\n  - {" + Good + "}\n").Errors).Found, StringComparison.Ordinal);

    [Fact]
    public void Read_SeveralErrors_AreAllTold() =>
        Assert.Equal(3, Read("apiVersion: v2\nkind: ImagePolicy\ncases: []\n").Errors.Count);

    [Fact]
    public void Read_MoreCasesThanAreRead_IsAnError()
    {
        var cases = string.Concat(Enumerable.Range(0, PolicyLimits.MaxTestCases + 1).Select(i => $"  - {{name: c{i}, image: a, expect: {{decision: Denied}}}}\n"));

        Assert.Contains(nameof(PolicyLimits.MaxTestCases), Assert.Single(Read(Head + "cases:\n" + cases).Errors).Expected, StringComparison.Ordinal);
    }

    private static (IReadOnlyList<PolicyTestDocument> Documents, IReadOnlyList<PolicyError> Errors) Read(string text)
    {
        var errors = new ErrorList();
        var documents = PolicyTestReader.Read(new PolicyFile("tests.yaml", Encoding.UTF8.GetBytes(text)), errors);
        return (documents, errors.ToSorted());
    }
}
