namespace NodeGate.Oci;

/// <summary>Where a part of a reference is wrong, and what was expected there.</summary>
/// <param name="Position">The first wrong character, counted from zero.</param>
/// <param name="Expected">The rest of the sentence, without its full stop.</param>
internal readonly record struct ReferenceFault(int Position, string Expected);
