namespace NodeGate.Verification.Signers;

/// <summary>The ways in which content comes under a signature; a log entry of one kind never stands for another.</summary>
internal enum ContentKind
{
    /// <summary>The artifact itself (bundle: messageSignature), or a legacy payload: logged as hashedrekord.</summary>
    Message = 1,

    /// <summary>The pre-authentication encoding of a DSSE envelope: logged as dsse or intoto, or in Rekor v2 as hashedrekord of the encoding.</summary>
    Envelope = 2,
}
