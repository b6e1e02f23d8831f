namespace NodeGate.Policy.Importing;

/// <summary>How every cosign authority of NodeGate is stricter than cosign itself, and no document can say otherwise.</summary>
internal static class CosignNotes
{
    public static void Add(ImportContext context)
    {
        context.Note("a legacy signature must name the repository that is pulled (or the rule's 'signedRepository'); the source takes one for another repository as well");
        context.Note("a log entry is taken from the signature itself; the log is never asked over the network");
    }
}
