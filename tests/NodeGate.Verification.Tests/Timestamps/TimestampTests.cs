using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;
using NodeGate.Verification.Tests.Logs;
using NodeGate.Verification.Timestamps;
using Oids = NodeGate.Testing.Sigstore.Oids;

namespace NodeGate.Verification.Tests.Timestamps;

/// <summary>Steps <c>timestamp</c>, <c>timestampAuthority</c> and <c>timestampThreshold</c> (verification.md section 2.8).</summary>
public sealed class TimestampTests
{
    internal static readonly byte[] Signature = Sample.Key.Sign(Sample.ImageBytes);
    private static readonly DateTimeOffset Time = VirtualSigstore.SigningTime;
    private static readonly VirtualTsa Tsa = VirtualSigstore.Default.Tsa;
    private static readonly VirtualTsa OtherTsa = new(new VirtualTsaOptions { Uri = "https://other.virtual.test" });

    [Fact]
    public void VerifyAll_Good_Verified() => Assert.Equal(("https://timestamp.virtual.test", Time), AssertVerified([Stamp()]));

    [Fact]
    public void VerifyAll_CertificateNotInIt_TheTrustedOneIsMeant() => AssertVerified([Stamp(new() { EmbedCertificate = false })]);

    [Fact]
    public void VerifyAll_GrantedWithModifications_Verified() => AssertVerified([Stamp(new() { Status = 1 })]);

    [Theory]
    [InlineData("SHA384")]
    [InlineData("SHA512")]
    public void VerifyAll_StrongerImprint_Verified(string hash) => AssertVerified([Stamp(new() { Hash = new HashAlgorithmName(hash) })]);

    [Fact]
    public void VerifyAll_AuthorityWithIntermediate_Verified()
    {
        var tsa = new VirtualTsa(new VirtualTsaOptions { Intermediate = true });

        AssertVerified([tsa.Stamp(Signature, Time, TimestampOptions.Default)], RootOf(tsa.TrustedEntry(VirtualSigstore.TrustedFrom)));
    }

    [Fact]
    public void VerifyAll_RootAloneIsTrusted_PathFromWhatIsInTheTimestamp()
    {
        var tsa = new VirtualTsa(new VirtualTsaOptions { Intermediate = true });
        var stamp = tsa.Stamp(Signature, Time, new() { Certificates = [tsa.Leaf, tsa.Intermediate!] });

        AssertVerified([stamp], RootOf(TrustedEntries.Authority("https://t.test", "t", [tsa.Root], VirtualSigstore.TrustedFrom, null)));
    }

    [Fact]
    public void VerifyAll_None_Verified()
    {
        Assert.Null(Verify([], LogSample.Root, out var verified));
        Assert.Empty(verified);
    }

    [Fact]
    public void VerifyAll_Refused_Rejected() => AssertRejected(Stamp(new() { Status = 2 }), StepNames.Timestamp, "did not grant the timestamp (status 2)");

    [Fact]
    public void VerifyAll_NoResponse_Rejected() => AssertRejected([1, 2, 3], StepNames.Timestamp, "not a TimeStampResp with a token");

    [Fact]
    public void VerifyAll_BytesAfterIt_Rejected() => AssertRejected([.. Stamp(), 0], StepNames.Timestamp, "not a TimeStampResp with a token");

    [Fact]
    public void VerifyAll_OtherContentType_Rejected() =>
        AssertRejected(Stamp(new() { ContentType = "1.2.840.113549.1.7.1" }), StepNames.Timestamp, "with content of the type 1.2.840.113549.1.7.1");

    [Fact]
    public void VerifyAll_TwoSigners_Rejected() => AssertRejected(Stamp(new() { Signers = 2 }), StepNames.Timestamp, "more than one signer");

    [Fact]
    public void VerifyAll_NoSigner_Rejected() => AssertRejected(Stamp(new() { Signers = 0 }), StepNames.Timestamp, "not a TimeStampToken in strict DER");

    [Fact]
    public void VerifyAll_OverTheHashOfTheSignature_Rejected() => AssertRejected(
        Stamp(new() { ImprintOf = SHA256.HashData(Signature) }), StepNames.Timestamp, "over something else than this signature");

    [Fact]
    public void VerifyAll_OverTheSignedContent_Rejected() =>
        AssertRejected(Stamp(new() { ImprintOf = Sample.ImageBytes }), StepNames.Timestamp, "over something else than this signature");

    [Fact]
    public void VerifyAll_WeakImprint_Rejected() => AssertRejected(
        Stamp(new() { Hash = HashAlgorithmName.SHA1 }), StepNames.Timestamp, "imprint is of a hash that is not SHA-256");

    [Fact]
    public void VerifyAll_WeakHashUnderTheSignature_Rejected()
    {
        var tsa = new VirtualTsa(new VirtualTsaOptions { LeafKey = SigningKey.Ecdsa(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA1) });

        AssertRejected(
            tsa.Stamp(Signature, Time, TimestampOptions.Default), StepNames.Timestamp, "signed with a hash that is not SHA-256", RootOf(tsa.TrustedEntry(VirtualSigstore.TrustedFrom)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void VerifyAll_Certificates_AtMostTheLimit(int beyond)
    {
        var others = Enumerable.Repeat(OtherTsa.Root, VerificationLimits.MaxCertificates - 1 + beyond);
        var rejected = Verify([Stamp(new() { Certificates = [Tsa.Leaf, .. others] })], LogSample.Root, out _);

        if (beyond == 0)
        {
            Assert.True(rejected is null, rejected?.Detail);
        }
        else
        {
            AssertInvalid(rejected, StepNames.Timestamp, "more than 16 certificates", DecisionReason.LimitExceeded);
        }
    }

    [Fact]
    public void VerifyAll_SignatureOfAnotherKey_Rejected() =>
        AssertUnsigned(new() { SigningKey = SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA256) });

    [Fact]
    public void VerifyAll_DamagedSignature_Rejected() => AssertUnsigned(new() { AlterSignature = s => [.. s[..^1], (byte)(s[^1] ^ 1)] });

    [Fact]
    public void VerifyAll_InfoChangedAfterSigning_Rejected() => AssertRejected(
        Stamp(new() { AlterSignedInfo = i => [.. i[..^1], (byte)(i[^1] ^ 1)] }), StepNames.Timestamp, "the timestamp's signature is for another content");

    [Fact]
    public void VerifyAll_OtherCertificateBound_Rejected() => AssertRejected(
        Stamp(new() { BoundCertificate = OtherTsa.Leaf }), StepNames.TimestampAuthority, "neither in it nor in the trust root");

    [Theory]
    [InlineData("1.2.840.113549.1.9.3")]
    [InlineData("1.2.840.113549.1.9.4")]
    [InlineData("1.2.840.113549.1.9.16.2.47")]
    public void VerifyAll_SignedAttributeMissing_Rejected(string oid) =>
        // The framework's reader takes one without its content type.
        AssertRejected(Stamp(new() { WithoutAttribute = oid }), StepNames.Timestamp, "lacks the signed attribute");

    [Fact]
    public void VerifyAll_SignedForAnotherContentType_Rejected() => AssertRejected(
        Stamp(new() { WithoutAttribute = Oids.ContentType, ExtraAttribute = (Oids.ContentType, Der.Oid("1.2.840.113549.1.7.1")) }),
        StepNames.Timestamp,
        "is for content of the type 1.2.840.113549.1.7.1");

    [Fact]
    public void VerifyAll_SignedAttributeTwice_Rejected() => AssertRejected(
        Stamp(new() { ExtraAttribute = (Oids.SigningTime, Der.Time(Time)) }), StepNames.Timestamp, "the signed attribute 1.2.840.113549.1.9.5 twice");

    [Fact]
    public void VerifyAll_CertificateBoundBySha1_Verified() =>
        // ESSCertID, as RFC 3161 had it before RFC 5816: it tells certificates apart, the signature alone vouches for one.
        AssertVerified([Stamp(BoundBySha1(Tsa.Leaf))]);

    [Fact]
    public void VerifyAll_OtherCertificateBoundBySha1_Rejected() =>
        AssertRejected(Stamp(BoundBySha1(OtherTsa.Leaf)), StepNames.TimestampAuthority, "neither in it nor in the trust root");

    [Fact]
    public void VerifyAll_SignerNamedByItsKey_Verified() => AssertVerified([NamedByKey(Stamp())]);

    [Fact]
    public void VerifyAll_CertificateWithoutReadableKeyIdentifier_IsPassedOver()
    {
        // Whoever may push a referrer can put any certificate into a timestamp: it must not end the verification of the image.
        var damaged = (OtherTsa.LeafTemplate.With(new CertificateExtension(Oids.SubjectKeyIdentifier, false, [0x05, 0x00]))).Sign(OtherTsa.RootKey);

        AssertVerified([NamedByKey(Stamp(new() { Certificates = [damaged, Tsa.Leaf] }))]);
        AssertVerified([NamedByKey(Stamp(new() { Certificates = [damaged] }))]);
        AssertRejected(
            NamedByKey(OtherTsa.Stamp(Signature, Time, new() { Certificates = [damaged] }), [1]),
            StepNames.TimestampAuthority,
            "neither in it nor in the trust root");
    }

    [Fact]
    public void VerifyAll_OtherVersion_Rejected() => AssertRejected(
        Stamp(new() { AlterInfo = i => Fields(i, f => f[0] = Der.Integer(2)) }), StepNames.Timestamp, "is not of version 1");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void VerifyAll_UnknownExtension_RejectedIfCritical(bool critical)
    {
        var extension = Der.Sequence([Der.Oid(Oids.Unknown), .. critical ? [Der.Boolean(true)] : Array.Empty<byte[]>(), Der.OctetString([1])]);
        var stamp = Stamp(new() { AlterInfo = i => Fields(i, f => f.Add(Der.Context(1, extension))) });

        if (critical)
        {
            AssertRejected(stamp, StepNames.Timestamp, "the critical extension 1.3.6.1.4.1.99999.1");
        }
        else
        {
            AssertVerified([stamp]);
        }
    }

    [Fact]
    public void VerifyAll_RsaAuthority_Verified()
    {
        var tsa = new VirtualTsa(new VirtualTsaOptions { LeafKey = SigningKey.Rsa(2048, RSASignaturePadding.Pkcs1) });

        AssertVerified([tsa.Stamp(Signature, Time, TimestampOptions.Default)], RootOf(tsa.TrustedEntry(VirtualSigstore.TrustedFrom)));
    }

    [Fact]
    public void VerifyAll_UnknownAuthorityWithItsCertificate_Rejected() => AssertRejected(
        OtherTsa.Stamp(Signature, Time, TimestampOptions.Default), StepNames.TimestampAuthority, "no authority");

    [Fact]
    public void VerifyAll_UnknownAuthorityWithoutItsCertificate_Rejected() => AssertRejected(
        OtherTsa.Stamp(Signature, Time, new() { EmbedCertificate = false }), StepNames.TimestampAuthority, "neither in it nor in the trust root");

    /// <summary>Clients stamp what they sign whether or not its verifiers know the authority.</summary>
    [Fact]
    public void VerifyAll_AuthorityOfAnotherName_CountsForNothing()
    {
        var name = Der.Name((Oids.CommonName, "stranger"));
        var stranger = new VirtualTsa(new VirtualTsaOptions { AlterRoot = r => r with { Subject = name, Issuer = name }, AlterLeaf = l => l with { Issuer = name } });

        Assert.Null(Verify([stranger.Stamp(Signature, Time, TimestampOptions.Default), Stamp()], LogSample.Root, out var verified));
        Assert.Equal("https://timestamp.virtual.test", Assert.Single(verified).Authority.Uri);
    }

    [Fact]
    public void VerifyAll_TrustRootWithoutAuthorities_CountsForNothing()
    {
        var trusted = VirtualSigstore.Default.TrustedRoot();
        trusted.Remove("timestampAuthorities");

        Assert.Null(Verify([Stamp()], LogSample.RootOf(trusted), out var verified));
        Assert.Empty(verified);
    }

    [Fact]
    public void VerifyAll_GoodCertificateBesideTheSigners_Rejected()
    {
        // GHSA-xm5m-wgh2-rrg3: judging the certificate that lies there rather than the one that signed.
        var stamp = OtherTsa.Stamp(Signature, Time, new() { Certificates = [Tsa.Leaf, OtherTsa.Leaf] });

        AssertRejected(stamp, StepNames.TimestampAuthority, "no authority");
    }

    [Fact]
    public void VerifyAll_AnotherCertificateOfTheSameIssuer_Rejected()
    {
        var key = SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA256);
        var sibling = (Tsa.LeafTemplate with { PublicKey = key.PublicDer }).Sign(Tsa.RootKey);

        AssertRejected(Stamp(new() { SigningKey = key, SignerCertificate = sibling }), StepNames.TimestampAuthority, "no authority");
    }

    [Fact]
    public void VerifyAll_SignerIsAnAuthority_Rejected() => AssertLeaf(
        leaf => leaf.Without(Oids.BasicConstraints).With(CertificateExtension.BasicConstraints(authority: true)), "authority, not of a signer");

    [Fact]
    public void VerifyAll_TwoPurposes_Rejected() => AssertLeaf(
        leaf => leaf.Without(Oids.ExtendedKeyUsage).With(
            CertificateExtension.ExtendedKeyUsage(Oids.TimeStamping, Oids.CodeSigning) with { Critical = true }),
        "is not for timestamps alone");

    [Fact]
    public void VerifyAll_PurposeNotCritical_Rejected() => AssertLeaf(
        leaf => leaf.Without(Oids.ExtendedKeyUsage).With(CertificateExtension.ExtendedKeyUsage(Oids.TimeStamping)),
        "is not for timestamps alone");

    [Fact]
    public void VerifyAll_OtherPurpose_Rejected() => AssertLeaf(
        leaf => leaf.Without(Oids.ExtendedKeyUsage).With(
            CertificateExtension.ExtendedKeyUsage(Oids.CodeSigning) with { Critical = true }),
        "is not for timestamps alone");

    [Fact]
    public void VerifyAll_NoPurpose_Rejected() =>
        AssertLeaf(leaf => leaf.Without(Oids.ExtendedKeyUsage), "is not for timestamps alone");

    [Fact]
    public void VerifyAll_IntermediateForAnotherPurpose_Rejected()
    {
        var tsa = new VirtualTsa(new VirtualTsaOptions
        {
            Intermediate = true,
            AlterIntermediate = i => i.Without(Oids.ExtendedKeyUsage).With(CertificateExtension.ExtendedKeyUsage(Oids.CodeSigning)),
        });

        AssertRejected(
            tsa.Stamp(Signature, Time, TimestampOptions.Default),
            StepNames.TimestampAuthority,
            "has an extended key usage without",
            RootOf(tsa.TrustedEntry(VirtualSigstore.TrustedFrom)));
    }

    [Fact]
    public void VerifyAll_CertificateOfAnotherIssuersKey_Rejected()
    {
        var tsa = new VirtualTsa(new VirtualTsaOptions { LeafSigner = SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384) });

        AssertRejected(
            tsa.Stamp(Signature, Time, TimestampOptions.Default),
            StepNames.TimestampAuthority,
            "not of its issuer's key",
            RootOf(tsa.TrustedEntry(VirtualSigstore.TrustedFrom)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void VerifyAll_AuthorityAtItsEnd_EndIncluded(int secondsBeyond, bool holds) =>
        AssertHolds(holds, Stamp(new() { Time = Time.AddSeconds(secondsBeyond) }), RootOf(Tsa.TrustedEntry(VirtualSigstore.TrustedFrom, Time)), "is trusted from");

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    public void VerifyAll_AuthorityAtItsStart_StartIncluded(int secondsBeyond, bool holds) =>
        AssertHolds(holds, Stamp(new() { Time = Time.AddSeconds(secondsBeyond) }), RootOf(Tsa.TrustedEntry(Time)), "is trusted from");

    [Fact]
    public void VerifyAll_IssuerExpiredAtTheTime_Rejected()
    {
        var tsa = new VirtualTsa(new VirtualTsaOptions { AlterRoot = r => r with { NotAfter = Time.AddSeconds(-1) } });

        AssertRejected(
            tsa.Stamp(Signature, Time, TimestampOptions.Default), StepNames.TimestampAuthority, "is valid from", RootOf(tsa.TrustedEntry(VirtualSigstore.TrustedFrom)));
    }

    [Fact]
    public void VerifyAll_TimeAfterTheCertificate_Rejected()
    {
        var tsa = new VirtualTsa(new VirtualTsaOptions { NotAfter = Time });
        var root = RootOf(tsa.TrustedEntry(VirtualSigstore.TrustedFrom));

        AssertVerified([tsa.Stamp(Signature, Time, TimestampOptions.Default)], root);
        AssertRejected(
            tsa.Stamp(Signature, Time, new() { Time = Time.AddSeconds(1) }), StepNames.TimestampAuthority, "the certificate is valid from", root);
    }

    [Fact]
    public void VerifyAll_BadOneBesideAGoodOne_Rejected()
    {
        var bad = Stamp(new() { AlterSignature = s => [.. s[..^1], (byte)(s[^1] ^ 1)] });

        AssertInvalid(Verify([Stamp(), bad], LogSample.Root, out var verified), StepNames.TimestampAuthority, "the timestamp's signature");
        Assert.Empty(verified);
        AssertInvalid(Verify([bad, Stamp()], LogSample.Root, out _), StepNames.TimestampAuthority, "the timestamp's signature");
    }

    [Fact]
    public void Check_OneAuthorityTwice_CountsAsOne()
    {
        Assert.Null(Verify([Stamp(), Stamp()], LogSample.Root, out var verified));

        AssertThreshold(verified, 2, "2 timestamp authorities have to have signed the time; only 'https://timestamp.virtual.test' did");
        AssertThreshold(verified, 1, null);
    }

    [Fact]
    public void Check_TwoAuthorities_CountAsTwo()
    {
        var root = RootOf(Tsa.TrustedEntry(VirtualSigstore.TrustedFrom), OtherTsa.TrustedEntry(VirtualSigstore.TrustedFrom));
        Assert.Null(Verify([Stamp(), OtherTsa.Stamp(Signature, Time, TimestampOptions.Default)], root, out var verified));

        AssertThreshold(verified, 2, null);
        AssertThreshold(verified, 3, "3 timestamp authorities");
    }

    [Fact]
    public void Check_None_RejectedOnlyIfOneIsAskedFor()
    {
        AssertThreshold([], 1, "1 timestamp authority has to have signed the time; the signature came with no timestamp");
        AssertThreshold([], 0, null);
    }

    [Fact]
    public void Read_LegacyAnnotation_IsTheTimestamp()
    {
        var annotation = new JsonObject { ["SignedRFC3161Timestamp"] = Convert.ToBase64String(Stamp()) };

        AssertVerified([LegacyTimestamp.Read(annotation.ToJsonString())]);
    }

    [Theory]
    [InlineData("""{"SignedRFC3161Timestamp":"AAAA","more":1}""", "unknown member 'more'")]
    [InlineData("{}", "has no 'SignedRFC3161Timestamp'")]
    [InlineData("AAAA", "not strict JSON")]
    public void Read_LegacyAnnotationThatIsNone_Refused(string annotation, string detail) =>
        Assert.Contains(detail, Assert.Throws<EvidenceFormatException>(() => LegacyTimestamp.Read(annotation)).Message, StringComparison.Ordinal);

    internal static TrustRoot RootOf(params JsonObject[] authorities)
    {
        var trusted = VirtualSigstore.Default.TrustedRoot();
        trusted["timestampAuthorities"] = new JsonArray([.. authorities]);
        return LogSample.RootOf(trusted);
    }

    internal static byte[] Stamp(TimestampOptions? options = null) => Tsa.Stamp(Signature, Time, options ?? TimestampOptions.Default);

    internal static RejectedEvidence? Verify(ImmutableArray<byte[]> timestamps, TrustRoot root, out ImmutableArray<VerifiedTimestamp> verified) =>
        TimestampVerifier.VerifyAll(new VerificationTrace(Sample.GoodBundle()), timestamps, Signature, root, out verified);

    private static TimestampOptions BoundBySha1(byte[] certificate) => new()
    {
        WithoutAttribute = Oids.SigningCertificateV2,
        ExtraAttribute = ("1.2.840.113549.1.9.16.2.12", Der.Sequence(Der.Sequence(Der.Sequence(
            Der.OctetString(CryptographicOperations.HashData(HashAlgorithmName.SHA1, certificate)))))),
    };

    /// <summary>The same with its signer named by key identifier, which RFC 5652 allows as well, instead of by issuer and number.</summary>
    private static byte[] NamedByKey(byte[] response, byte[]? identifier = null)
    {
        var named = Der.ContextPrimitive(0, identifier ?? SHA256.HashData(Tsa.LeafKey.PublicDer)[..20]);
        return Fields(response, r => r[1] = Fields(r[1], content => content[1] = Der.Context(0, Fields(Inside(content[1]), data =>
            data[^1] = Der.Set(Fields(Inside(data[^1]), signer => signer[1] = named))))));
    }

    private static byte[] Inside(byte[] der)
    {
        _ = AsnDecoder.ReadEncodedValue(der, AsnEncodingRules.DER, out var offset, out var length, out _);
        return der[offset..(offset + length)];
    }

    /// <summary>TSTInfo with other fields.</summary>
    private static byte[] Fields(byte[] info, Action<List<byte[]>> change)
    {
        var fields = new List<byte[]>();
        for (var reader = new AsnReader(info, AsnEncodingRules.DER).ReadSequence(); reader.HasData;)
        {
            fields.Add(reader.ReadEncodedValue().ToArray());
        }

        change(fields);
        return Der.Sequence([.. fields]);
    }

    private static (string Uri, DateTimeOffset Time) AssertVerified(ImmutableArray<byte[]> timestamps, TrustRoot? root = null)
    {
        var rejected = Verify(timestamps, root ?? LogSample.Root, out var verified);
        Assert.True(rejected is null, $"{rejected?.Step}: {rejected?.Detail}");
        var one = Assert.Single(verified);
        return (one.Authority.Uri, one.Time);
    }

    private static void AssertHolds(bool holds, byte[] timestamp, TrustRoot root, string detail)
    {
        if (holds)
        {
            AssertVerified([timestamp], root);
        }
        else
        {
            AssertRejected(timestamp, StepNames.TimestampAuthority, detail, root);
        }
    }

    private static void AssertUnsigned(TimestampOptions options) =>
        AssertRejected(Stamp(options), StepNames.TimestampAuthority, "the timestamp's signature is not that of its certificate's key");

    /// <summary>An authority whose certificate has this fault, and is trusted all the same.</summary>
    private static void AssertLeaf(Func<CertificateTemplate, CertificateTemplate> alter, string detail)
    {
        var tsa = new VirtualTsa(new VirtualTsaOptions { AlterLeaf = alter });

        AssertRejected(
            tsa.Stamp(Signature, Time, TimestampOptions.Default), StepNames.TimestampAuthority, detail, RootOf(tsa.TrustedEntry(VirtualSigstore.TrustedFrom)));
    }

    private static void AssertRejected(byte[] timestamp, string step, string detail, TrustRoot? root = null)
    {
        AssertInvalid(Verify([timestamp], root ?? LogSample.Root, out var verified), step, detail);
        Assert.Empty(verified);
    }

    private static void AssertInvalid(RejectedEvidence? rejected, string step, string detail, DecisionReason reason = DecisionReason.TimestampInvalid) =>
        LogSample.AssertInvalid(rejected, step, detail, reason);

    private static void AssertThreshold(ImmutableArray<VerifiedTimestamp> verified, int required, string? problem)
    {
        var found = TimestampThreshold.Check(verified, required);
        Assert.Equal(problem is null, found.Holds);
        Assert.Contains(problem ?? string.Empty, found.Detail, StringComparison.Ordinal);
        Assert.True(found.Holds || found.Reason == DecisionReason.TimestampInvalid);
    }
}
