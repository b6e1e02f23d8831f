namespace NodeGate.Policy.Importing.Connaisseur;

/// <summary>The <c>host</c> of a cosign validator: which Sigstore it is. What is not given is that of the public instance.</summary>
internal sealed record ConnaisseurSigstore
{
    /// <summary>Where Rekor is; by this NodeGate's messages name the log.</summary>
    public string Rekor { get; init; } = "https://rekor.sigstore.dev";

    public string? RekorKey { get; init; }

    public string? FulcioCertificates { get; init; }

    public string? CertificateLogKey { get; init; }
}
