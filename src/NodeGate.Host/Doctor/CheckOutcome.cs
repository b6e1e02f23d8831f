namespace NodeGate.Host.Doctor;

/// <summary>How a check came out. The zero is the strict one.</summary>
internal enum CheckOutcome
{
    /// <summary>Something does not work, or leaves a way around the gate.</summary>
    Failed = 0,

    /// <summary>It works, and is not as it should be; or it could not be looked at.</summary>
    Warning = 1,

    /// <summary>As it should be.</summary>
    Ok = 2,
}
