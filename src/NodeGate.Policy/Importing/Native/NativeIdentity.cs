namespace NodeGate.Policy.Importing.Native;

/// <summary>Who a certificate must be for.</summary>
internal sealed record NativeIdentity(NativeText Issuer, NativeText Subject);
