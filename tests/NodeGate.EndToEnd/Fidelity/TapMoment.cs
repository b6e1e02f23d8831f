namespace NodeGate.EndToEnd.Fidelity;

/// <summary>Where a call is between nodegate and containerd.</summary>
internal enum TapMoment
{
    /// <summary>nodegate sent it; containerd has not seen it.</summary>
    Asked,

    /// <summary>containerd did it and answered; nodegate has not seen the answer.</summary>
    Answered,
}
