namespace NodeGate.EndToEnd.Indexes;

/// <summary>What of an index was signed.</summary>
internal enum Signed
{
    Nothing,
    Index,
    OwnImage,
    Recursively,
}
