namespace NodeGate.Policy;

/// <summary>The upper bounds on a policy. All of this room's limits stand here; each is refused at load with its name and number.</summary>
public static class PolicyLimits
{
    /// <summary>Most policy files in a folder.</summary>
    public const int MaxFiles = 256;

    /// <summary>Largest policy file, in bytes.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    /// <summary>Most bytes in all policy files together.</summary>
    public const int MaxTotalBytes = 8 * 1024 * 1024;

    /// <summary>Most documents in all files together.</summary>
    public const int MaxDocuments = 256;

    /// <summary>Deepest nesting of a document's YAML.</summary>
    public const int MaxYamlDepth = 32;

    /// <summary>Most nodes (scalars, lists, mappings) in one file.</summary>
    public const int MaxYamlNodes = 100_000;

    /// <summary>Most rules in all documents together.</summary>
    public const int MaxRules = 1024;

    /// <summary>Most exceptions in all documents together.</summary>
    public const int MaxExceptions = 1024;

    /// <summary>Most patterns in the <c>images</c> of one rule or exception.</summary>
    public const int MaxPatternsPerRule = 256;

    /// <summary>Most patterns in all rules and exceptions together.</summary>
    public const int MaxPatterns = 4096;

    /// <summary>Longest pattern, in characters.</summary>
    public const int MaxPatternLength = 512;

    /// <summary>Most patterns in one <c>include</c> or <c>exclude</c>.</summary>
    public const int MaxNamespacePatterns = 64;

    /// <summary>Longest namespace, in characters (Kubernetes: an RFC 1123 label).</summary>
    public const int MaxNamespaceLength = 63;

    /// <summary>Most trust roots in all documents together.</summary>
    public const int MaxTrustRoots = 32;

    /// <summary>Most authorities in all documents together.</summary>
    public const int MaxAuthorities = 256;

    /// <summary>Most keys of one authority.</summary>
    public const int MaxKeysPerAuthority = 64;

    /// <summary>Most identities of one authority.</summary>
    public const int MaxIdentitiesPerAuthority = 64;

    /// <summary>Most annotations that one authority may ask for.</summary>
    public const int MaxAnnotations = 64;

    /// <summary>Deepest nesting of <c>anyOf</c>, <c>allOf</c> and <c>atLeast</c>.</summary>
    public const int MaxRequirementDepth = 8;

    /// <summary>Most members of one <c>anyOf</c>, <c>allOf</c> or <c>atLeast</c>.</summary>
    public const int MaxRequirementMembers = 64;

    /// <summary>Most entries of one rule's <c>attestations</c>.</summary>
    public const int MaxAttestationsPerRule = 16;

    /// <summary>Most conditions on one attestation.</summary>
    public const int MaxConditions = 64;

    /// <summary>Most values of one <c>in</c>.</summary>
    public const int MaxConditionValues = 64;

    /// <summary>Longest name of a policy, rule or authority, in characters.</summary>
    public const int MaxNameLength = 128;

    /// <summary>Longest reason or annotation value, in characters.</summary>
    public const int MaxTextLength = 512;

    /// <summary>Most states that are looked at to prove that two namespace selectors never meet; beyond it they are taken to meet.</summary>
    public const int MaxSearchStates = 4096;

    /// <summary>Most cases in one document of <c>policy test</c>.</summary>
    public const int MaxTestCases = 4096;
}
