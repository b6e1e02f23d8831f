using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeGate.Fuzz.Engine;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Strict;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>Oracle: what is accepted .NET's own reader accepts as well, and finds the same fields in.</summary>
internal sealed class CertificateTarget : IFuzzTarget
{
    public string Name => "certificate";

    public IReadOnlyList<Type> Parsers =>
    [
        typeof(Certificate), typeof(CertificatePem), typeof(BasicConstraints), typeof(KeyUsage), typeof(ExtendedKeyUsage), typeof(DistinguishedName),
        typeof(SigningIdentity), typeof(FulcioExtensions),
    ];

    public IEnumerable<byte[]> Seeds =>
    [
        [.. Corpus.Of(Name).Where(entry => entry.File.StartsWith("seed-", StringComparison.Ordinal))
            .SelectMany(entry => Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", entry.Input) + "\n"))],
    ];

    public string Check(byte[] input) => input is [(byte)'-', ..] ? CheckPem(Text.Latin(input)) : CheckDer(input);

    private static string CheckPem(string text)
    {
        try
        {
            var ours = CertificatePem.Read(text);
            var blocks = text.Split("-----BEGIN CERTIFICATE-----")[1..].Select(block => string.Concat(block.Split("-----END")[0].Where(c => !char.IsWhiteSpace(c))));
            FuzzFailure.UnlessEqual(string.Join(' ', blocks), string.Join(' ', ours.Select(c => Convert.ToBase64String(c.Raw.Span))), "two readers find the same certificates");
            return $"PEM of {ours.Length}";
        }
        catch (EvidenceFormatException e)
        {
            return Outcome.Refused(e.Message);
        }
    }

    private static string CheckDer(byte[] input)
    {
        Certificate ours;
        try
        {
            ours = Certificate.Read(input);
        }
        catch (EvidenceFormatException e)
        {
            return Outcome.Refused(e.Message);
        }

        try
        {
            using var theirs = X509CertificateLoader.LoadCertificate(input);
            Compare(ours, theirs);
        }
        catch (CryptographicException e)
        {
            // OpenSSL also looks into the values of names, which here are compared as bytes and never read.
            FuzzFailure.Unless(!HasTexts(ours.Issuer) || !HasTexts(ours.Subject), $"what is accepted .NET accepts, where names are made of texts: {e.Message}");
            return "accepted, with a name that is none";
        }

        var identity = SigningIdentity.Read(ours);
        FuzzFailure.Unless(
            !identity.Holds || input.AsSpan().IndexOf(Encoding.UTF8.GetBytes(identity.Value!.Subject)) > 0, "a subject stands in the certificate as it is");
        return $"accepted, {Outcome.Shape(identity.Detail)}, {ours.Extensions.Length} extensions, self-issued {ours.IsSelfIssued}, {ours.Key.Algorithm}";
    }

    private static bool HasTexts(ReadOnlyMemory<byte> name)
    {
        var parts = new AsnReader(name, AsnEncodingRules.BER).ReadSequence();
        while (parts.HasData)
        {
            var part = parts.ReadSetOf(skipSortOrderValidation: true);
            while (part.HasData)
            {
                var attribute = part.ReadSequence();
                attribute.ReadObjectIdentifier();
                var isText = attribute.PeekTag() == new Asn1Tag(UniversalTagNumber.UTF8String) || attribute.PeekTag() == new Asn1Tag(UniversalTagNumber.PrintableString);
                if (!isText || attribute.PeekContentBytes().Span.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
                {
                    return false;
                }

                attribute.ReadEncodedValue();
            }
        }

        return true;
    }

    private static void Compare(Certificate ours, X509Certificate2 theirs)
    {
        FuzzFailure.UnlessSame(theirs.RawData, ours.Raw.Span, "two readers see one certificate");
        FuzzFailure.UnlessSame(theirs.SerialNumberBytes.Span, ours.SerialNumber.Span, "two readers find one serial number");
        FuzzFailure.UnlessSame(theirs.IssuerName.RawData, ours.Issuer.Span, "two readers find one issuer");
        FuzzFailure.UnlessSame(theirs.SubjectName.RawData, ours.Subject.Span, "two readers find one subject");
        FuzzFailure.UnlessEqual(theirs.NotBefore.ToUniversalTime(), ours.NotBefore.UtcDateTime, "two readers find one beginning");
        // .NET cuts fractions of a second off.
        FuzzFailure.Unless(Math.Abs((theirs.NotAfter.ToUniversalTime() - ours.NotAfter.UtcDateTime).TotalSeconds) < 1, "two readers find one end");
        FuzzFailure.UnlessSame(theirs.PublicKey.ExportSubjectPublicKeyInfo(), ours.SubjectPublicKeyInfo.Span, "two readers find one key");
        FuzzFailure.UnlessEqual(theirs.Extensions.Count, ours.Extensions.Length, "two readers find as many extensions");
        for (var i = 0; i < ours.Extensions.Length; i++)
        {
            var extension = theirs.Extensions[i];
            FuzzFailure.UnlessEqual(extension.Oid!.Value, ours.Extensions[i].Oid, "two readers find one extension");
            FuzzFailure.UnlessEqual(extension.Critical, ours.Extensions[i].IsCritical, "two readers find it as critical");
            FuzzFailure.UnlessSame(extension.RawData, ours.Extensions[i].Value.Span, "two readers find one value of an extension");
        }
    }
}
