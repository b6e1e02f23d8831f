namespace NodeGate.Testing.Sigstore;

/// <summary>The parts of a Sigstore, where they are not the usual ones.</summary>
public sealed record VirtualSigstoreOptions
{
    public VirtualCa? Ca { get; init; }

    public VirtualCtLog? CtLog { get; init; }

    public VirtualRekorV1? RekorV1 { get; init; }

    public VirtualRekorV2? RekorV2 { get; init; }

    public VirtualTsa? Tsa { get; init; }
}
