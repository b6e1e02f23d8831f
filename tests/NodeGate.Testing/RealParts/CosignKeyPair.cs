namespace NodeGate.Testing.RealParts;

/// <summary>The files of one key pair, without a password.</summary>
public sealed record CosignKeyPair(string PrivateKey, string PublicKey)
{
    public string PublicKeyPem => File.ReadAllText(PublicKey);
}
