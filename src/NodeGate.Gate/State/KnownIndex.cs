using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Gate.State;

/// <summary>
/// What an index lists: a fact that its digest vouches for, whoever signed it or not. It admits nothing; whether the index is admitted is asked for
/// each rule anew.
/// </summary>
/// <param name="Repository">Registry and repository in which it was found; an index elsewhere vouches for nothing here.</param>
/// <param name="Digest">The index.</param>
/// <param name="Children">The images that it lists.</param>
/// <param name="Own">The one of them that this node runs, or null.</param>
/// <param name="KnownAt">When it was read.</param>
internal sealed record KnownIndex(string Repository, Digest Digest, ImmutableArray<Digest> Children, Digest? Own, DateTimeOffset KnownAt);
