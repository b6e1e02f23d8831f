using NodeGate.Testing.Files;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Time;
using NodeGate.Webhook.Certificates;

namespace NodeGate.Webhook.Tests.Certificates;

public sealed class FileCertificatesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly TestCertificates _authority = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly ProblemLog<FileCertificates> _log = new();

    private string CertificatePath => _folder.At("tls.crt");

    private string KeyPath => _folder.At("tls.key");

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Constructor_GoodPair_IsServed()
    {
        Write(Issue("one"));

        var certificates = Open();

        Assert.Equal("CN=one", certificates.Current!.TargetCertificate.Subject);
        Assert.True(certificates.Current.TargetCertificate.HasPrivateKey);
        Assert.InRange(certificates.Expires!.Value, _time.GetUtcNow().AddDays(9), _time.GetUtcNow().AddDays(11));
        Assert.Null(certificates.Problem);
        Assert.Empty(_log.Problems);
    }

    [Fact]
    public void Constructor_NoFiles_ServesNothingAndSaysWhy()
    {
        var certificates = Open();

        Assert.Null(certificates.Current);
        Assert.Null(certificates.Expires);
        Assert.Contains("tls.crt", certificates.Problem, StringComparison.Ordinal);
        Assert.Contains("webhook.certificate", certificates.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_PairChanged_IsTakenWithinASecond()
    {
        Write(Issue("one"));
        var certificates = Open();
        await using var run = Started(certificates);

        Write(Issue("two"));
        await run.TickAsync();

        Assert.Equal("CN=two", certificates.Current!.TargetCertificate.Subject);
        Assert.Empty(_log.Problems);
    }

    [Fact]
    public async Task RunAsync_LinkOfMountSwapped_IsTakenAlsoWithTheSameLengthAndTimes()
    {
        // As the kubelet changes a mounted Secret: the files are links into ..data, which is swapped.
        var modified = _time.GetUtcNow().UtcDateTime;
        foreach (var name in new[] { "one", "two" })
        {
            Directory.CreateDirectory(_folder.At(name));
            var (certificate, key) = Issue(name);
            File.WriteAllText(_folder.At(name + "/tls.crt"), certificate);
            File.WriteAllText(_folder.At(name + "/tls.key"), key);
            File.SetLastWriteTimeUtc(_folder.At(name + "/tls.crt"), modified);
            File.SetLastWriteTimeUtc(_folder.At(name + "/tls.key"), modified);
        }

        Directory.CreateSymbolicLink(_folder.At("..data"), "one");
        File.CreateSymbolicLink(CertificatePath, "..data/tls.crt");
        File.CreateSymbolicLink(KeyPath, "..data/tls.key");
        var certificates = Open();
        await using var run = Started(certificates);

        Directory.CreateSymbolicLink(_folder.At("..new"), "two");
        File.Delete(_folder.At("..data"));
        Directory.Move(_folder.At("..new"), _folder.At("..data"));
        await run.TickAsync();

        Assert.Equal("CN=two", certificates.Current!.TargetCertificate.Subject);
    }

    [Theory]
    [InlineData("tls.crt", "not PEM", "found no PEM certificate")]
    [InlineData("tls.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read")]
    [InlineData("tls.key", "not PEM", "expected its private key in PEM")]
    [InlineData("tls.key", null, "Could not find file")]
    public async Task RunAsync_Unusable_KeepsTheLastGoodAndSaysSoOnce(string file, string? content, string expected)
    {
        Write(Issue("one"));
        var certificates = Open();
        await using var run = Started(certificates);

        Replace(file, content);
        await run.TickAsync();
        await run.TickAsync();
        await run.TickAsync();

        Assert.Equal("CN=one", certificates.Current!.TargetCertificate.Subject);
        Assert.Contains(expected, certificates.Problem, StringComparison.Ordinal);
        Assert.Equal(certificates.Problem, Assert.Single(_log.Problems));

        Write(Issue("two"));
        await run.TickAsync();

        Assert.Equal("CN=two", certificates.Current!.TargetCertificate.Subject);
        Assert.Null(certificates.Problem);
    }

    [Fact]
    public async Task RunAsync_KeyOfAnotherPair_KeepsTheLastGood()
    {
        Write(Issue("one"));
        var certificates = Open();
        await using var run = Started(certificates);

        File.WriteAllText(KeyPath, Issue("two").Key);
        await run.TickAsync();

        Assert.Equal("CN=one", certificates.Current!.TargetCertificate.Subject);
        Assert.Contains("does not belong to the first certificate", certificates.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", certificates.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_TooLongAFile_KeepsTheLastGood()
    {
        Write(Issue("one"));
        var certificates = Open();
        await using var run = Started(certificates);

        File.AppendAllText(CertificatePath, new string('\n', WebhookLimits.MaxCertificateFileBytes));
        await run.TickAsync();

        Assert.NotNull(certificates.Current);
        Assert.Contains($"more than {WebhookLimits.MaxCertificateFileBytes} bytes", certificates.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_TooLongAChain_IsRefused()
    {
        var (certificate, key) = Issue("one");
        Write((string.Concat(Enumerable.Repeat(certificate + "\n", WebhookLimits.MaxCertificates + 1)), key));

        var certificates = Open();

        Assert.Null(certificates.Current);
        Assert.Contains($"at most {WebhookLimits.MaxCertificates}", certificates.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Ended_IsServedOnWithAProblem()
    {
        Write(Issue("one"));
        var certificates = Open();
        await using var run = Started(certificates);

        _time.SetWallClock(_time.GetUtcNow().AddDays(11));
        await run.TickAsync();

        Assert.NotNull(certificates.Current);
        Assert.Contains("ended at", certificates.Problem, StringComparison.Ordinal);
        Assert.Contains("renew it", certificates.Problem, StringComparison.Ordinal);
    }

    private FileCertificates Open() => new(CertificatePath, KeyPath, _time, _log);

    private RunningCertificates Started(FileCertificates certificates) => new(certificates, _time);

    private (string Certificate, string Key) Issue(string name) => _authority.IssueClient(name);

    private void Write((string Certificate, string Key) pair)
    {
        File.WriteAllText(CertificatePath, pair.Certificate);
        File.WriteAllText(KeyPath, pair.Key);
    }

    private void Replace(string file, string? content)
    {
        if (content is null)
        {
            File.Delete(_folder.At(file));
        }
        else
        {
            File.WriteAllText(_folder.At(file), content);
        }
    }
}
