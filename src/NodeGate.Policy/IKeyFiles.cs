namespace NodeGate.Policy;

/// <summary>Reads the key files that a policy names: this room does no I/O. Called once for each entry, while a policy is loaded.</summary>
public interface IKeyFiles
{
    /// <summary>
    /// Reads <paramref name="file"/>. A relative name is relative to the folder of <paramref name="policyPath"/>. Expected failures (no
    /// such file, no permission, larger than VerificationLimits.MaxKeyBytes) are answers, not exceptions.
    /// </summary>
    KeyFile Read(string policyPath, string file);
}
