using NodeGate.Policy.Importing.Native;

namespace NodeGate.Policy.Importing.Connaisseur;

/// <summary>An entry of a validator's <c>trustRoots</c>: a key, a certificate or an identity.</summary>
internal sealed record ConnaisseurTrustRoot(string Name, PolicyPosition Position)
{
    public string? Key { get; init; }

    /// <summary>A certificate authority for Notation, PEM.</summary>
    public string? Certificate { get; init; }

    /// <summary>A timestamp authority for Notation, PEM.</summary>
    public string? TimestampCertificate { get; init; }

    public NativeIdentity? Identity { get; init; }
}
