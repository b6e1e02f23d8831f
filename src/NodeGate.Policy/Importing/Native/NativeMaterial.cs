namespace NodeGate.Policy.Importing.Native;

/// <summary>A key or certificates: PEM in place, or the name of a file. Exactly one is set.</summary>
internal sealed record NativeMaterial
{
    private NativeMaterial(string? pem, string? file)
    {
        Pem = pem;
        File = file;
    }

    public string? Pem { get; }

    public string? File { get; }

    public static NativeMaterial OfPem(string pem) => new(pem.Trim(), null);

    public static NativeMaterial OfFile(string file) => new(null, file);
}
