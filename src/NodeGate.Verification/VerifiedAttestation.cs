namespace NodeGate.Verification;

/// <summary>What a verified attestation says about the image. Its bytes are the signed ones; conditions are judged on nothing else.</summary>
/// <param name="PredicateType">The predicate type, the one that was asked for.</param>
/// <param name="Predicate">The predicate as strictly parsed JSON text (UTF-8, no duplicate names); <c>{}</c> where the statement has none.</param>
public sealed record VerifiedAttestation(string PredicateType, ReadOnlyMemory<byte> Predicate);
