using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Globalization;
using System.Text;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Certificates;

/// <summary>Reads what Fulcio writes into a certificate about its subject (fulcio docs/oid-info.md; verification.md section 2.9).</summary>
internal static class FulcioExtensions
{
    private const string IssuerRaw = CertificateExtensionNames.Arc + "1";
    private const string Issuer = CertificateExtensionNames.Arc + "8";
    private const string UserNameType = CertificateExtensionNames.Arc + "7";
    private const int LastRaw = 6;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly Asn1Tag OtherName = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag EmailAddress = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);

    /// <exception cref="EvidenceFormatException">There is no one identity, or it is not written as it must be.</exception>
    public static SigningIdentity ReadIdentity(Certificate certificate)
    {
        var (kind, subject) = ReadSubject(certificate);
        return new SigningIdentity(ReadIssuer(certificate), subject, kind, ReadOthers(certificate));
    }

    private static (SubjectKind Kind, string Subject) ReadSubject(Certificate certificate)
    {
        var extension = certificate.Find(Oids.SubjectAlternativeName)
            ?? throw new EvidenceFormatException("the certificate has no subject alternative name");
        // RFC 5280 section 4.2.1.6: with an empty subject the alternative name is the only one, and must not be overlooked.
        // check: san-critical
        if (!extension.IsCritical && !certificate.HasSubject)
        {
            throw new EvidenceFormatException("the certificate's subject is empty, and its subject alternative name is not critical");
        }

        try
        {
            var outer = new AsnReader(extension.Value, AsnEncodingRules.DER);
            var names = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var name = ReadName(names);
            // With two names each reader could see another signer.
            // check: san-single
            if (names.HasData)
            {
                throw new EvidenceFormatException("the certificate has more than one subject alternative name");
            }

            return (name.Kind, Printable(name.Subject, "the certificate's subject alternative name"));
        }
        catch (AsnContentException e)
        {
            throw new EvidenceFormatException($"the certificate's subject alternative name is not strict DER: {e.Message}");
        }
    }

    private static (SubjectKind Kind, string Subject) ReadName(AsnReader names)
    {
        var tag = names.PeekTag();
        if (tag == EmailAddress)
        {
            return (SubjectKind.EmailAddress, names.ReadCharacterString(UniversalTagNumber.IA5String, EmailAddress));
        }

        if (tag == Uri)
        {
            return (SubjectKind.Uri, names.ReadCharacterString(UniversalTagNumber.IA5String, Uri));
        }

        // check: san-kind
        if (tag != OtherName)
        {
            throw new EvidenceFormatException(
                $"the certificate's subject alternative name is of kind [{tag.TagValue}]; expected an email address [1], a URI [6] or a user name [0]");
        }

        var other = names.ReadSequence(OtherName);
        var type = other.ReadObjectIdentifier();
        // check: san-other-name-type
        if (type != UserNameType)
        {
            throw new EvidenceFormatException($"the certificate's otherName is of type {type}; expected {UserNameType}");
        }

        var value = other.ReadSequence(OtherName);
        other.ThrowIfNotEmpty();
        var userName = value.ReadCharacterString(UniversalTagNumber.UTF8String);
        value.ThrowIfNotEmpty();
        return (SubjectKind.UserName, userName);
    }

    private static string ReadIssuer(Certificate certificate)
    {
        var current = certificate.Find(Issuer) is { } der ? ReadDer(der) : null;
        var old = certificate.Find(IssuerRaw) is { } raw ? ReadRaw(raw) : null;
        var issuer = current ?? old ?? throw new EvidenceFormatException($"the certificate names no OIDC issuer (extension {Issuer})");
        // check: issuer-twice
        if (old is not null && old != issuer)
        {
            throw new EvidenceFormatException($"the certificate names two OIDC issuers, {Shown.Text(issuer)} and {Shown.Text(old)}");
        }

        return Printable(issuer, "the certificate's OIDC issuer");
    }

    private static ImmutableDictionary<string, string> ReadOthers(Certificate certificate)
    {
        var values = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, oid) in CertificateExtensionNames.All)
        {
            if (certificate.Find(oid) is { } extension)
            {
                var isRaw = oid.Length == CertificateExtensionNames.Arc.Length + 1 && oid[^1] - '0' <= LastRaw;
                values[name] = isRaw ? ReadRaw(extension) : ReadDer(extension);
            }
        }

        return values.ToImmutable();
    }

    private static string ReadRaw(CertificateExtension extension)
    {
        try
        {
            return Utf8.GetString(extension.Value.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new EvidenceFormatException($"the certificate's extension {extension.Oid} is not UTF-8");
        }
    }

    private static string ReadDer(CertificateExtension extension)
    {
        try
        {
            var reader = new AsnReader(extension.Value, AsnEncodingRules.DER);
            var value = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
            reader.ThrowIfNotEmpty();
            return value;
        }
        catch (AsnContentException)
        {
            throw new EvidenceFormatException($"the certificate's extension {extension.Oid} is not exactly one UTF8String in DER");
        }
    }

    /// <summary>
    /// A NUL or a line break could make a name look like another wherever it is cut there, and so could what only tells a screen how to draw it.
    /// </summary>
    private static string Printable(string text, string what)
    {
        // check: identity-characters
        if (text.Length == 0 || text.EnumerateRunes().Any(IsInvisible))
        {
            throw new EvidenceFormatException($"{what} is empty or has control characters: {Shown.Text(text)}");
        }

        return text;
    }

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
