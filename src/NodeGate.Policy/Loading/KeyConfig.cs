using NodeGate.Verification;

namespace NodeGate.Policy.Loading;

/// <summary>A key as it is written: in a file, or in place; and when it is good.</summary>
internal sealed record KeyConfig(Located? File, Located? Pem, ValidityPeriod ValidFor);
