namespace NodeGate.Verification.Certificates;

/// <summary>The object identifiers that decide something in a certificate.</summary>
internal static class Oids
{
    public const string KeyUsage = "2.5.29.15";
    public const string SubjectAlternativeName = "2.5.29.17";
    public const string BasicConstraints = "2.5.29.19";
    public const string NameConstraints = "2.5.29.30";
    public const string ExtendedKeyUsage = "2.5.29.37";
    public const string AnyExtendedKeyUsage = "2.5.29.37.0";
    public const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    public const string TimeStamping = "1.3.6.1.5.5.7.3.8";

    /// <summary>RFC 6962 section 3.3.</summary>
    public const string SignedCertificateTimestamps = "1.3.6.1.4.1.11129.2.4.2";

    /// <summary>RFC 6962 section 3.1: what makes a precertificate unusable.</summary>
    public const string PrecertificatePoison = "1.3.6.1.4.1.11129.2.4.3";
}
