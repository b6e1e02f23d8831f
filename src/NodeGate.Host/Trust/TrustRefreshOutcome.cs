namespace NodeGate.Host.Trust;

/// <summary>How the refresh of a trust root came out.</summary>
internal enum TrustRefreshOutcome
{
    /// <summary>What the mirror served is not to be trusted. The zero on purpose.</summary>
    Refused = 0,

    /// <summary>The mirror did not answer, or not in time.</summary>
    Unreachable = 1,

    /// <summary>The state folder cannot be read or written.</summary>
    NotStored = 2,

    /// <summary>Another refresh of the same trust root is running.</summary>
    Busy = 3,

    /// <summary>The repository was verified and there is nothing new.</summary>
    Unchanged = 4,

    /// <summary>The repository was verified and something new was stored.</summary>
    Updated = 5,
}
