namespace NodeGate.Registry.Hosts;

/// <summary>The files of a client certificate; without a key file the certificate's file holds both.</summary>
internal sealed record ClientPair(string CertificateFile, string? KeyFile);
