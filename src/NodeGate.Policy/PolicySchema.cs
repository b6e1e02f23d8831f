namespace NodeGate.Policy;

/// <summary>
/// The JSON schema of a policy document (draft 2020-12), for editors. It knows exactly the keys that <see cref="PolicyLoader"/> reads; what
/// takes more than one place to see (ties, names that nobody has, contradictions) only the loader tells.
/// </summary>
public static class PolicySchema
{
    /// <summary>The schema as it is delivered.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        using var stream = typeof(PolicySchema).Assembly.GetManifestResourceStream("policy.schema.json")
            ?? throw new InvalidOperationException("This build has no policy.schema.json.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
