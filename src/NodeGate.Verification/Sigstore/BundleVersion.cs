namespace NodeGate.Verification.Sigstore;

/// <summary>The bundle versions, told apart because each requires other parts of a log entry.</summary>
internal enum BundleVersion
{
    /// <summary>0.1: a log entry has a signed entry timestamp.</summary>
    V01 = 1,

    /// <summary>0.2: a log entry has an inclusion proof with a checkpoint.</summary>
    V02 = 2,

    /// <summary>0.3: as 0.2, and a single certificate instead of a chain.</summary>
    V03 = 3,
}
