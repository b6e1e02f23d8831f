namespace NodeGate.Host.Commands;

/// <summary>The exit codes of design.md section 4. Scripts depend on them.</summary>
internal static class ExitCode
{
    /// <summary>Admitted, or fine.</summary>
    internal const int Ok = 0;

    /// <summary>Denied, or findings.</summary>
    internal const int Denied = 1;

    /// <summary>Undetermined, or a failure of the environment.</summary>
    internal const int Undetermined = 2;

    /// <summary>Usage or bad configuration (EX_USAGE).</summary>
    internal const int Usage = 64;
}
