namespace NodeGate.Verification.Certificates;

/// <summary>The kinds of subject alternative name that Fulcio writes.</summary>
internal enum SubjectKind
{
    /// <summary>rfc822Name.</summary>
    EmailAddress = 1,

    /// <summary>uniformResourceIdentifier: a workflow, a SPIFFE identity.</summary>
    Uri = 2,

    /// <summary>otherName of Fulcio's own type: a user name.</summary>
    UserName = 3,
}
