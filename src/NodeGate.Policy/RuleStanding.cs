namespace NodeGate.Policy;

/// <summary>How a rule or an exception stands to one image.</summary>
public enum RuleStanding
{
    /// <summary>None of its patterns matches.</summary>
    NoPattern = 0,

    /// <summary>A pattern matches, but the rule does not hold in this namespace, or no namespace is known.</summary>
    OtherNamespace = 1,

    /// <summary>It matches, and another rule is more exact.</summary>
    LessExact = 2,

    /// <summary>It decides.</summary>
    Decides = 3,

    /// <summary>The rule would decide, and an exception sets it aside.</summary>
    SetAside = 4,

    /// <summary>The exception has ended.</summary>
    Ended = 5,

    /// <summary>The exception covers the image, which is allowed anyway.</summary>
    NotNeeded = 6,

    /// <summary>Another exception covers the image as well, and ends later.</summary>
    EndsSooner = 7,
}
