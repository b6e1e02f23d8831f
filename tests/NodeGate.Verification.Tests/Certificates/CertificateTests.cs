using System.Formats.Asn1;
using System.Security.Cryptography;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Strict;
using static NodeGate.Verification.Tests.Certificates.CertificateSample;
using CertificateExtension = NodeGate.Testing.Sigstore.CertificateExtension;
using Oids = NodeGate.Testing.Sigstore.Oids;

namespace NodeGate.Verification.Tests.Certificates;

/// <summary>Certificates that are not read at all: one thing is wrong with each.</summary>
public sealed class CertificateTests
{
    // Where the parts stand in TBSCertificate.
    private const int Version = 0;
    private const int Serial = 1;
    private const int Issuer = 3;
    private const int Validity = 4;
    private const int Subject = 5;
    private const int PublicKeyPart = 6;
    private const int Extensions = 7;

    private static readonly CertificateTemplate Template = LeafTemplate(Ca);
    private static readonly byte[] Good = Template.Sign(IntermediateKey);

    [Fact]
    public void Read_Good_HasItsParts()
    {
        var certificate = Certificate.Read(Good);

        Assert.Equal(Time, certificate.NotBefore);
        Assert.Equal(Time + VirtualCa.LeafLifetime, certificate.NotAfter);
        Assert.Equal(Template.Serial, certificate.SerialNumber.ToArray());
        Assert.False(certificate.HasSubject);
        Assert.True(certificate.KeyUsage!.DigitalSignature);
        Assert.False(certificate.KeyUsage.CertificateSigning);
        Assert.Equal([Oids.CodeSigning], certificate.ExtendedKeyUsage!.Purposes.ToArray());
        Assert.Equal(LeafKey.Fingerprint, certificate.Key.Fingerprint.Hex);
        Assert.Equal(new BasicConstraints(true, 0), Certificate.Read(Ca.Intermediate).BasicConstraints);
    }

    [Fact]
    public void Read_TooLarge_Refused()
    {
        var large = Template.Adding(new CertificateExtension(Oids.Unknown, false, new byte[VerificationLimits.MaxCertificateBytes])).Sign(IntermediateKey);

        Assert.True(Refused(large, "at most 65536").LimitExceeded);
    }

    [Fact]
    public void Read_TrailingByte_Refused() => Refused([.. Good, 0], "not strict DER");

    [Fact]
    public void Read_IndefiniteLength_Refused() => Refused([0x30, 0x80, .. Good[4..], 0, 0], "not strict DER");

    [Fact]
    public void Read_SignatureNotOfWholeBytes_Refused() =>
        Refused(Edit(Good, parts => parts[2] = Der.BitString([0x30, 0x00], 1)), "not of whole bytes");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Read_OtherVersion_Refused(int version) => Refused((Template with { Version = version }).Sign(IntermediateKey), "not of version 3");

    [Fact]
    public void Read_VersionWithMore_Refused() =>
        Refused(Signed(Template, IntermediateKey, p => p[Version] = Der.Context(0, Der.Integer(2), Der.Integer(2))), "not strict DER");

    [Fact]
    public void Read_NegativeSerialNumber_Refused() => Refused((Template with { Serial = [0x80, 1] }).Sign(IntermediateKey), "serial number");

    [Fact]
    public void Read_SerialNumberOf21Bytes_Refused()
    {
        Certificate.Read((Template with { Serial = [1, .. new byte[19]] }).Sign(IntermediateKey));
        Refused((Template with { Serial = [1, .. new byte[20]] }).Sign(IntermediateKey), "serial number");
    }

    [Fact]
    public void Read_SerialNumberNotMinimal_Refused() =>
        Refused(Signed(Template, IntermediateKey, p => p[Serial] = [0x02, 0x02, 0x00, 0x01]), "not strict DER");

    [Fact]
    public void Read_AlgorithmOutsideDiffers_Refused() =>
        Refused((Template with { OuterAlgorithm = Ca.RootKey.Sha1().SignatureAlgorithm }).Sign(IntermediateKey), "two signature algorithms");

    [Fact]
    public void Read_IssuerWithoutName_Refused() => Refused((Template with { Issuer = Der.Sequence() }).Sign(IntermediateKey), "issuer has no name");

    [Fact]
    public void Read_NameThatIsNone_Refused()
    {
        Refused((Template with { Issuer = Der.Utf8("virtual") }).Sign(IntermediateKey), "not strict DER");
        Refused(Signed(Template, IntermediateKey, p => p[Subject] = Der.Sequence(Der.Set())), "not strict DER");
        Refused(Signed(Template, IntermediateKey, p => p[Issuer] = Der.Sequence(Der.Set(Der.Sequence(Der.Oid("2.5.4.3"))))), "not strict DER");
    }

    [Fact]
    public void Read_GeneralizedTimeBefore2050_IsRead()
    {
        var der = Signed(Template, IntermediateKey, p => p[Validity] = Der.Sequence(Der.GeneralizedTime(Time), Der.GeneralizedTime(Time.AddYears(40))));

        Assert.Equal((Time, Time.AddYears(40)), (Certificate.Read(der).NotBefore, Certificate.Read(der).NotAfter));
    }

    [Fact]
    public void Read_FractionsOfASecond_Refused()
    {
        byte[] time = [0x18, 0x11, .. "20250601120000.5Z"u8];
        Refused(Signed(Template, IntermediateKey, p => p[Validity] = Der.Sequence(time, Der.Time(Time.AddYears(1)))), "fractions of a second");
    }

    [Fact]
    public void Read_TimeWithoutUtc_Refused()
    {
        byte[] time = [0x17, 0x11, .. "250601120000+0200"u8];
        Refused(Signed(Template, IntermediateKey, p => p[Validity] = Der.Sequence(time, Der.Time(Time.AddYears(1)))), "not strict DER");
    }

    [Fact]
    public void Read_ThreeTimes_Refused() =>
        Refused(Signed(Template, IntermediateKey, p => p[Validity] = Der.Sequence(Der.Time(Time), Der.Time(Time), Der.Time(Time))), "not strict DER");

    [Fact]
    public void Read_SmallRsaKey_Refused()
    {
        using var rsa = RSA.Create(1024);
        Refused((Template with { PublicKey = rsa.ExportSubjectPublicKeyInfo() }).Sign(IntermediateKey), "key cannot be used: an RSA key of 1024 bits");
    }

    [Fact]
    public void Read_KeyOfAnotherKind_Refused() => Refused(
        (Template with { PublicKey = Der.Sequence(Der.Sequence(Der.Oid("1.3.101.113")), Der.BitString(new byte[57])) }).Sign(IntermediateKey),
        "key cannot be used: keys of algorithm 1.3.101.113");

    [Fact]
    public void Read_UniqueIdentifier_Refused() =>
        Refused(Signed(Template, IntermediateKey, p => p.Insert(PublicKeyPart + 1, [0x81, 0x02, 0x00, 0x01])), "not strict DER");

    [Fact]
    public void Read_WithoutExtensions_IsRead() =>
        Assert.Empty(Certificate.Read((Template with { Extensions = [] }).Sign(IntermediateKey)).Extensions);

    [Fact]
    public void Read_EmptyListOfExtensions_Refused() =>
        Refused(Signed(Template, IntermediateKey, p => p[Extensions] = Der.Context(3, Der.Sequence())), "empty list of extensions");

    [Fact]
    public void Read_ExtensionTwice_Refused() => Refused(Template.Adding(CertificateExtension.IssuerV2("https://other.test")).Sign(IntermediateKey), "twice");

    [Fact]
    public void Read_CriticalWrittenOutAsFalse_Refused() => Refused(
        WithExtension(Der.Sequence(Der.Oid(Oids.Unknown), Der.Boolean(false), Der.OctetString([]))), "writes out critical FALSE");

    [Fact]
    public void Read_CriticalOtherThanFF_Refused() => Refused(
        WithExtension(Der.Sequence(Der.Oid(Oids.Unknown), [0x01, 0x01, 0x01], Der.OctetString([]))), "not strict DER");

    [Fact]
    public void Read_ExtensionWithMore_Refused() => Refused(
        WithExtension(Der.Sequence(Der.Oid(Oids.Unknown), Der.OctetString([]), Der.Null)), "not strict DER");

    [Fact]
    public void Read_TooManyExtensions_Refused()
    {
        var full = Template;
        while (full.Extensions.Length < VerificationLimits.MaxCertificateExtensions)
        {
            full = full.Adding(new CertificateExtension($"{Oids.Unknown}.{full.Extensions.Length}", false, []));
        }

        Assert.Equal(VerificationLimits.MaxCertificateExtensions, Certificate.Read(full.Sign(IntermediateKey)).Extensions.Length);
        Assert.True(Refused(full.Adding(new CertificateExtension(Oids.Unknown, false, [])).Sign(IntermediateKey), "more than 64 extensions").LimitExceeded);
    }

    [Fact]
    public void Read_BasicConstraintsWrittenOutAsFalse_Refused() =>
        Refused(Constraints(Der.Sequence(Der.Boolean(false))), "writes out cA FALSE");

    [Fact]
    public void Read_PathLengthWithoutAuthority_Refused() => Refused(Constraints(Der.Sequence(Der.Integer(0))), "without cA");

    [Theory]
    [InlineData(-1)]
    [InlineData(256)]
    public void Read_PathLengthOutOfRange_Refused(int pathLength) =>
        Refused(Constraints(Der.Sequence(Der.Boolean(true), Der.Integer(pathLength))), "not from 0 to 255");

    [Fact]
    public void Read_BasicConstraintsWithMore_Refused()
    {
        Refused(Constraints(Der.Sequence(Der.Boolean(true), Der.Integer(0), Der.Integer(0))), "not strict DER");
        Refused(Constraints([.. Der.Sequence(), 0]), "not strict DER");
    }

    [Fact]
    public void Read_ExtendedKeyUsageWithoutPurpose_Refused() =>
        Refused(Template.With(CertificateExtension.ExtendedKeyUsage()).Sign(IntermediateKey), "extended key usage is empty");

    [Fact]
    public void Read_KeyUsageWithMore_Refused() => Refused(
        Template.With(new CertificateExtension(Oids.KeyUsage, true, [.. Der.BitString([0x80], 7), 0])).Sign(IntermediateKey), "not strict DER");

    [Fact]
    public void Show_NameWithBrokenText_IsShownAsBytes()
    {
        var name = Der.Sequence(Der.Set(Der.Sequence(Der.Oid(Oids.CommonName), Der.Utf8([0xff, 0x0a]))));

        Assert.DoesNotContain('\n', DistinguishedName.Show(name));
    }

    private static byte[] Constraints(byte[] value) => Template.With(new CertificateExtension(Oids.BasicConstraints, true, value)).Sign(IntermediateKey);

    private static byte[] WithExtension(byte[] extension) => Signed(Template, IntermediateKey, parts =>
    {
        var list = new AsnReader(parts[Extensions], AsnEncodingRules.DER).ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 3, true)).ReadEncodedValue();
        parts[Extensions] = Der.Context(3, Edit(list.ToArray(), extensions => extensions.Add(extension)));
    });

    private static EvidenceFormatException Refused(byte[] der, string says)
    {
        var refused = Assert.Throws<EvidenceFormatException>(() => Certificate.Read(der));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        return refused;
    }
}
