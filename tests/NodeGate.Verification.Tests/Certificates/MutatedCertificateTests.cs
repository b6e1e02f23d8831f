using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FsCheck;
using FsCheck.Fluent;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Strict;
using static NodeGate.Verification.Tests.Certificates.CertificateSample;
using CertificateExtension = NodeGate.Testing.Sigstore.CertificateExtension;
using Oids = NodeGate.Testing.Sigstore.Oids;

namespace NodeGate.Verification.Tests.Certificates;

/// <summary>
/// Certificates with bytes changed. The oracles: nothing is thrown but what readers throw; a changed certificate never leads to the authority; and
/// what is read under a good signature is what .NET's own parser reads.
/// </summary>
[Trait("Category", "Property")]
public sealed class MutatedCertificateTests
{
    private static readonly VirtualCtLog Log = new();
    private static readonly CertificateAuthority Trusted = Authority(Ca);
    private static readonly byte[] Good = Ca.Issue(LeafTemplate(Ca), Log, SctOptions.Default);

    [Fact]
    public void Build_BytesChanged_NeverLeadsToTheAuthority() => ForAnyChange(Good, changed =>
        changed.AsSpan().SequenceEqual(Good) || Read(changed) is not { } certificate || !Build(certificate, Trusted).Holds);

    [Fact]
    public void Read_SignedPartChangedAndSignedAgain_IsReadAsDotNetReadsIt() => ForAnyChange(LeafTemplate(Ca).ToBeSigned(IntermediateKey), changed =>
    {
        var der = Sign(changed);
        if (Read(der) is not { } certificate)
        {
            return true;
        }

        CertificatePathValidator.BuildToAny(certificate, [], [Trusted], Oids.CodeSigning, [Time]);
        SigningIdentity.Read(certificate);
        return IsReadByDotNet(certificate) ?? true;
    });

    [Fact]
    public void Read_ExtensionsChanged_OnlyReadersThrow()
    {
        foreach (var extension in Certificate.Read(Good).Extensions)
        {
            ForAnyChange(extension.Value.ToArray(), changed =>
            {
                var template = LeafTemplate(Ca).With(new CertificateExtension(extension.Oid, extension.IsCritical, changed));
                if (Read(template.Sign(IntermediateKey)) is { } certificate)
                {
                    Build(certificate, Trusted);
                    SigningIdentity.Read(certificate);
                    SignedCertificateTimestamps.Check(certificate, Trusted.Chain[0], [TrustedLog()]);
                }

                return true;
            });
        }
    }

    [Fact]
    public void Check_TimestampsChanged_NeverCount()
    {
        var list = Certificate.Read(Good).Find(Oids.SctList)!.Value.ToArray();
        ForAnyChange(list, changed => changed.AsSpan().SequenceEqual(list)
            || Read(LeafTemplate(Ca).Adding(new CertificateExtension(Oids.SctList, false, changed)).Sign(IntermediateKey)) is not { } certificate
            || !SignedCertificateTimestamps.Check(certificate, Trusted.Chain[0], [TrustedLog()]).Holds);
    }

    [Fact]
    public void Read_AnyBytes_OnlyReadersThrow() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => Read(bytes) is null).QuickCheckThrowOnFailure();

    /// <summary>Null where .NET does not read it: it looks into the texts of names, which are only bytes here.</summary>
    private static bool? IsReadByDotNet(Certificate certificate)
    {
        try
        {
            using var other = X509CertificateLoader.LoadCertificate(certificate.Raw.Span);
            return other.SerialNumberBytes.Span.SequenceEqual(certificate.SerialNumber.Span)
                && other.SubjectName.RawData.AsSpan().SequenceEqual(certificate.Subject.Span)
                && other.IssuerName.RawData.AsSpan().SequenceEqual(certificate.Issuer.Span)
                && new DateTimeOffset(other.NotBefore) == certificate.NotBefore
                && new DateTimeOffset(other.NotAfter) == certificate.NotAfter
                && other.Extensions.Select(e => (e.Oid!.Value, e.Critical, Convert.ToHexString(e.RawData)))
                    .SequenceEqual(certificate.Extensions.Select(e => ((string?)e.Oid, e.IsCritical, Convert.ToHexString(e.Value.Span))));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static TransparencyLog TrustedLog()
    {
        Assert.True(PublicKey.TryParse(Log.Key.PublicDer, out var key, out _));
        return new TransparencyLog("https://ctfe.virtual.test", Log.Id, key, ValidityPeriod.Always, "virtual");
    }

    private static Certificate? Read(byte[] der)
    {
        try
        {
            return Certificate.Read(der);
        }
        catch (EvidenceFormatException)
        {
            return null;
        }
    }

    /// <summary>A certificate with these bytes as its signed part, whatever they are.</summary>
    private static byte[] Sign(byte[] signedPart)
    {
        byte[] content = [.. signedPart, .. IntermediateKey.SignatureAlgorithm, .. Der.BitString(IntermediateKey.Sign(signedPart))];
        return [0x30, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content];
    }

    /// <summary>One byte changed, left out or put in, or the end cut off.</summary>
    private static void ForAnyChange(byte[] valid, Func<byte[], bool> holds)
    {
        var changes = from kind in Gen.Choose(0, 9)
                      from position in Gen.Choose(0, valid.Length - 1)
                      from mask in Gen.Choose(1, 255)
                      select kind switch
                      {
                          0 => (byte[])[.. valid[..position], .. valid[(position + 1)..]],
                          1 => [.. valid[..position], (byte)mask, .. valid[position..]],
                          2 => valid[..position],
                          _ => [.. valid[..position], (byte)(valid[position] ^ mask), .. valid[(position + 1)..]],
                      };
        Prop.ForAll(Arb.From(changes), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }
}
