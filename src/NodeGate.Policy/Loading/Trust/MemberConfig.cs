using NodeGate.Verification;

namespace NodeGate.Policy.Loading.Trust;

/// <summary>A log or an authority of a private Sigstore as it is written.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Material">Its key or certificates; null where they were refused.</param>
/// <param name="Url">Its address; null where it was refused.</param>
/// <param name="Operator">Who runs it; null where that is not written.</param>
/// <param name="ValidFor">When it is good.</param>
internal sealed record MemberConfig(PolicyPosition Position, MaterialConfig? Material, Located? Url, Located? Operator, ValidityPeriod ValidFor);
