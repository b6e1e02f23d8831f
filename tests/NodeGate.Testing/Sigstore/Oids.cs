namespace NodeGate.Testing.Sigstore;

/// <summary>The object identifiers that certificates, SCTs and timestamps of Sigstore use.</summary>
public static class Oids
{
    public const string CommonName = "2.5.4.3";
    public const string Organization = "2.5.4.10";
    public const string SubjectKeyIdentifier = "2.5.29.14";
    public const string KeyUsage = "2.5.29.15";
    public const string SubjectAlternativeName = "2.5.29.17";
    public const string BasicConstraints = "2.5.29.19";
    public const string NameConstraints = "2.5.29.30";
    public const string AuthorityKeyIdentifier = "2.5.29.35";
    public const string ExtendedKeyUsage = "2.5.29.37";
    public const string AnyExtendedKeyUsage = "2.5.29.37.0";
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    public const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    public const string TimeStamping = "1.3.6.1.5.5.7.3.8";
    public const string SctList = "1.3.6.1.4.1.11129.2.4.2";
    public const string FulcioIssuer = "1.3.6.1.4.1.57264.1.1";
    public const string FulcioOtherName = "1.3.6.1.4.1.57264.1.7";
    public const string FulcioIssuerV2 = "1.3.6.1.4.1.57264.1.8";
    public const string SigstoreTsaPolicy = "1.3.6.1.4.1.57264.2";
    public const string Sha1 = "1.3.14.3.2.26";
    public const string Sha256 = "2.16.840.1.101.3.4.2.1";
    public const string Sha384 = "2.16.840.1.101.3.4.2.2";
    public const string Sha512 = "2.16.840.1.101.3.4.2.3";
    public const string SignedData = "1.2.840.113549.1.7.2";
    public const string ContentType = "1.2.840.113549.1.9.3";
    public const string MessageDigest = "1.2.840.113549.1.9.4";
    public const string SigningTime = "1.2.840.113549.1.9.5";
    public const string TstInfo = "1.2.840.113549.1.9.16.1.4";
    public const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";

    /// <summary>An extension that no verifier knows.</summary>
    public const string Unknown = "1.3.6.1.4.1.99999.1";

    /// <summary>The extension N of Fulcio.</summary>
    public static string Fulcio(int number) => "1.3.6.1.4.1.57264.1." + number;

    public static string OfHash(System.Security.Cryptography.HashAlgorithmName hash) => hash.Name switch
    {
        "SHA1" => Sha1,
        "SHA256" => Sha256,
        "SHA384" => Sha384,
        _ => Sha512,
    };
}
