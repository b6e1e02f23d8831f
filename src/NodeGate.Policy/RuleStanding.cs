namespace NodeGate.Policy;

/// <summary>How a rule stands to one image.</summary>
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
}
