using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeGate.Testing.Files;
using NodeGate.Webhook.Certificates;

namespace NodeGate.Webhook.Tests.Certificates;

public sealed class CertificateAuthorityTests
{
    private static readonly string[] Names = ["hook", "hook.ns", "hook.ns.svc", "hook.ns.svc.cluster.local"];

    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    [Fact]
    public void Create_Authority_SignsServersOnlyForTenYears()
    {
        using var authority = CertificateAuthority.Create(_now);

        var constraints = authority.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.True(constraints is { CertificateAuthority: true, HasPathLengthConstraint: true, PathLengthConstraint: 0, Critical: true });
        var usage = authority.Extensions.OfType<X509KeyUsageExtension>().Single();
        Assert.Equal((X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true), (usage.KeyUsages, usage.Critical));
        Assert.Equal(_now.AddDays(3652).UtcDateTime, authority.NotAfter.ToUniversalTime(), TimeSpan.FromSeconds(1));
        Assert.True(authority.NotBefore.ToUniversalTime() < _now.UtcDateTime);
        using var key = authority.GetECDsaPrivateKey()!;
        Assert.Equal("1.2.840.10045.3.1.7", key.ExportParameters(false).Curve.Oid.Value);
    }

    [Fact]
    public void Create_TwoAuthorities_HaveOtherNamesSerialsAndKeys()
    {
        using var one = CertificateAuthority.Create(_now);
        using var two = CertificateAuthority.Create(_now);

        Assert.NotEqual(one.Subject, two.Subject);
        Assert.NotEqual(one.SerialNumber, two.SerialNumber);
        Assert.NotEqual(one.GetPublicKey(), two.GetPublicKey());
    }

    [Fact]
    public void Issue_Leaf_IsForTheNamesAndForServersOnly()
    {
        using var authority = CertificateAuthority.Create(_now);
        using var leaf = CertificateAuthority.Issue(authority, Names, _now);

        Assert.Equal(Names, leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
        Assert.False(leaf.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal(X509KeyUsageFlags.DigitalSignature, leaf.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        var purposes = leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages;
        Assert.Equal("1.3.6.1.5.5.7.3.1", Assert.Single(purposes.Cast<Oid>()).Value);
        Assert.Equal(_now.AddDays(90).UtcDateTime, leaf.NotAfter.ToUniversalTime(), TimeSpan.FromSeconds(1));
        Assert.True(leaf.HasPrivateKey);
        Assert.NotEqual(authority.SerialNumber, leaf.SerialNumber);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3651)]
    public void Issue_ByAnotherClock_StaysWithinItsAuthority(int days)
    {
        using var authority = CertificateAuthority.Create(_now);
        using var leaf = CertificateAuthority.Issue(authority, Names, _now.AddDays(days));

        Assert.True(leaf.NotBefore >= authority.NotBefore);
        Assert.True(leaf.NotAfter <= authority.NotAfter);
    }

    [Fact]
    public async Task Issue_Chain_IsAcceptedByTlsForItsNamesOnly()
    {
        using var authority = CertificateAuthority.Create(_now);
        using var other = CertificateAuthority.Create(_now);
        using var leaf = CertificateAuthority.Issue(authority, Names, _now);
        var context = new CertificatePair(leaf, [leaf]).ToContext();

        Assert.Null(await HandshakeAsync(context, "hook.ns.svc", authority));
        Assert.Null(await HandshakeAsync(context, "hook.ns.svc", other, authority));
        Assert.IsType<AuthenticationException>(await HandshakeAsync(context, "other.ns.svc", authority));
        Assert.IsType<AuthenticationException>(await HandshakeAsync(context, "hook.ns.svc", other));
    }

    [Fact]
    public async Task Issue_Chain_IsAcceptedByOpenSsl()
    {
        using var folder = new ScratchFolder();
        using var authority = CertificateAuthority.Create(_now);
        using var leaf = CertificateAuthority.Issue(authority, Names, _now);
        File.WriteAllText(folder.At("ca.pem"), authority.ExportCertificatePem());
        File.WriteAllText(folder.At("leaf.pem"), leaf.ExportCertificatePem());

        using var openssl = Process.Start(new ProcessStartInfo("openssl")
        {
            ArgumentList = { "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "hook.ns.svc", "-CAfile", folder.At("ca.pem"), folder.At("leaf.pem") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = await openssl.StandardOutput.ReadToEndAsync() + await openssl.StandardError.ReadToEndAsync();
        await openssl.WaitForExitAsync();

        Assert.True(openssl.ExitCode == 0, output);
    }

    private static async Task<Exception?> HandshakeAsync(SslStreamCertificateContext context, string name, params X509Certificate2[] trusted)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var accepted = await listener.AcceptTcpClientAsync();
        await using var server = new SslStream(accepted.GetStream());
        await using var ours = new SslStream(client.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(trusted.Select(one => X509CertificateLoader.LoadCertificate(one.RawData)).ToArray());
        var serving = Record.ExceptionAsync(() => server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = context }));
        var failure = await Record.ExceptionAsync(() => ours.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = name, CertificateChainPolicy = policy }));
        client.Close();
        await serving;
        return failure;
    }
}
