namespace NodeGate.Policy.Loading.Trust;

/// <summary>A key or certificates as they are written: the name of a file, or PEM in place.</summary>
internal sealed record MaterialConfig(Located Text, bool IsPem)
{
    /// <summary>For errors.</summary>
    public string Describe() => IsPem ? "the PEM" : $"the file {Quote.Of(Text.Text)}";
}
