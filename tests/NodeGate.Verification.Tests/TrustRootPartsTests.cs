using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeGate.Testing.Signing;

namespace NodeGate.Verification.Tests;

/// <summary>The trust root of a private Sigstore, made from keys and certificates.</summary>
public sealed class TrustRootPartsTests
{
    private const string Url = "https://rekor.corp.example/";
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ValidityPeriod Since = new(Start, null);
    private static readonly string[] Chain = MakeChain();

    [Fact]
    public void TryCreate_ChainInOrder_EndsInItsAnchor()
    {
        var authority = Authority(Chain[0] + "\n\n" + Chain[1]);

        Assert.Equal(2, authority.Chain.Length);
        Assert.True(authority.Anchor.IsSelfIssued);
        Assert.Equal(("u", Since), (authority.Uri, authority.ValidFor));
    }

    [Theory]
    [InlineData("1 0", "certificate 1 was not issued by certificate 2")]
    [InlineData("0 0", "certificate 1 was not issued by certificate 2")]
    [InlineData("", "not PEM of certificates alone")]
    [InlineData("x", "not PEM of certificates alone")]
    [InlineData("1 x", "not PEM of certificates alone")]
    [InlineData("1 key", "not PEM of certificates alone")]
    [InlineData("1 loose", "not PEM of certificates alone")]
    public void TryCreate_OtherThanAChain_IsRefused(string parts, string expected)
    {
        var texts = parts.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p switch
        {
            "0" or "1" => Chain[p[0] - '0'],
            "key" => Sample.Key.PublicPem,
            "loose" => "-----BEGIN CERTIFICATE-----\nMB==\n-----END CERTIFICATE-----\n",
            _ => p,
        });

        Assert.False(CertificateAuthority.TryCreate("u", Encoding.UTF8.GetBytes(string.Concat(texts)), Since, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TryCreate_CertificatesInAFile(int beyond)
    {
        var pem = string.Concat(Enumerable.Repeat(Chain[1], VerificationLimits.MaxCertificates + beyond));

        Assert.Equal(beyond == 0, CertificateAuthority.TryCreate("u", Encoding.UTF8.GetBytes(pem), Since, out _, out var error));
        Assert.Equal(beyond == 0 ? null : "more than 16 certificates", error);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TryCreate_CertificateFileSize(int beyond)
    {
        var pem = Chain[1].PadRight(VerificationLimits.MaxCertificateFileBytes + beyond);

        Assert.Equal(beyond == 0, CertificateAuthority.TryCreate("u", Encoding.UTF8.GetBytes(pem), Since, out _, out var error));
        Assert.Equal(beyond == 0, error is null);
    }

    [Fact]
    public void TryCreate_LogWithEcdsa_IsNamedByTheHashOfItsKey()
    {
        var log = Log(Sample.Key);

        Assert.Equal(SHA256.HashData(Sample.Key.PublicDer), log.KeyId);
        Assert.Equal(("rekor.corp.example", "rekor.corp.example"), (log.Operator, log.Origin));
    }

    [Fact]
    public void TryCreate_LogWithEd25519_IsNamedByItsNoteKey()
    {
        // C2SP signed-note: SHA-256(name || 0x0A || 0x01 || key).
        using var key = SigningKey.Ed25519();
        var expected = SHA256.HashData([.. "rekor.corp.example\n\x01"u8, .. key.PublicDer[^32..]]);

        Assert.Equal(expected, Log(key).KeyId);
    }

    [Fact]
    public void TryCreateCertificateLog_WithEd25519_IsNamedByTheHashOfItsKey()
    {
        using var key = SigningKey.Ed25519();

        Assert.True(TransparencyLog.TryCreateCertificateLog(Url, key.PublicDer, ValidityPeriod.Always, out var log, out _));
        Assert.Equal(SHA256.HashData(key.PublicDer), log.KeyId);
    }

    [Fact]
    public void TryCreate_LogWithoutStart_IsRefused()
    {
        Assert.False(TransparencyLog.TryCreate(Url, Sample.Key.PublicDer, new ValidityPeriod(null, Start), null, out _, out var error));
        Assert.Contains("no time from which", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryCreate_LogWithoutUsableKey_IsRefused()
    {
        Assert.False(TransparencyLog.TryCreate(Url, "key"u8, Since, null, out _, out var error));
        Assert.Contains("not PEM", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryCreate_OneKeyAsTwoLogs_IsRefused()
    {
        Assert.True(TransparencyLog.TryCreate(Url + "other", Sample.Key.PublicDer, Since, "another operator", out var other, out _));

        Assert.False(TrustRoot.TryCreate([Log(Sample.Key), other], [], [], [], out _, out var error));
        Assert.Contains("two transparency logs with the same key", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TryCreate_Members(int beyond)
    {
        var authority = Authority(Chain[1]);

        Assert.Equal(
            beyond == 0,
            TrustRoot.TryCreate([], [], [], [.. Enumerable.Repeat(authority, VerificationLimits.MaxTrustRootMembers + beyond)], out _, out var error));
        Assert.Equal(beyond == 0, error is null);
    }

    [Fact]
    public void Revision_AnyPartChanged_IsAnother()
    {
        var (ca, log) = (Authority(Chain[1]), Log(Sample.Key));
        Assert.True(TransparencyLog.TryCreate(Url, Sample.Key.PublicDer, Since, "x", out var otherOperator, out _));
        Assert.True(TransparencyLog.TryCreate(Url + "x", Sample.Key.PublicDer, Since, log.Operator, out var otherUrl, out _));
        Assert.True(TransparencyLog.TryCreate(Url, Sample.Key.PublicDer, new ValidityPeriod(Start, Start), null, out var otherEnd, out _));
        Assert.True(CertificateAuthority.TryCreate("v", Encoding.UTF8.GetBytes(Chain[1]), Since, out var otherUri, out _));
        Assert.True(CertificateAuthority.TryCreate("u", Encoding.UTF8.GetBytes(Chain[1]), ValidityPeriod.Always, out var otherStart, out _));
        TrustRoot[] roots =
        [
            Root([log], [], [ca], []), Root([], [log], [ca], []), Root([log], [], [], [ca]), Root([log], [log], [ca], []), Root([log], [], [ca, ca], []),
            Root([Log(Sample.OtherKey)], [], [ca], []), Root([otherOperator], [], [ca], []), Root([otherUrl], [], [ca], []), Root([otherEnd], [], [ca], []),
            Root([log], [], [otherUri], []), Root([log], [], [otherStart], []), Root([log], [], [Authority(Chain[0] + Chain[1])], []),
        ];

        Assert.Equal(roots.Length, roots.Select(r => r.Revision).Distinct().Count());
        Assert.Equal(roots[0].Revision, Root([Log(Sample.Key)], [], [Authority(Chain[1])], []).Revision);
    }

    private static TrustRoot Root(TransparencyLog[] logs, TransparencyLog[] certificateLogs, CertificateAuthority[] authorities, CertificateAuthority[] timestamps)
    {
        Assert.True(TrustRoot.TryCreate([.. logs], [.. certificateLogs], [.. authorities], [.. timestamps], out var root, out var error), error);
        return root;
    }

    private static CertificateAuthority Authority(string pem)
    {
        Assert.True(CertificateAuthority.TryCreate("u", Encoding.UTF8.GetBytes(pem), Since, out var authority, out var error), error);
        return authority;
    }

    private static TransparencyLog Log(SigningKey key)
    {
        Assert.True(TransparencyLog.TryCreate(Url, Encoding.UTF8.GetBytes(key.PublicPem), Since, null, out var log, out var error), error);
        return log;
    }

    private static string[] MakeChain()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Request("root", rootKey).CreateSelfSigned(Start, Start.AddYears(5));
        using var intermediate = Request("intermediate", key).Create(root, Start, Start.AddYears(4), [1, 2, 3]);
        return [intermediate.ExportCertificatePem() + "\n", root.ExportCertificatePem() + "\n"];
    }

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }
}
