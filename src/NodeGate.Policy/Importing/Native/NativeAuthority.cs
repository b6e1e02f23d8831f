using System.Collections.Immutable;

namespace NodeGate.Policy.Importing.Native;

/// <summary>Who may sign.</summary>
internal abstract record NativeAuthority(string Name, PolicyPosition Origin)
{
    /// <summary><c>cosign</c>: any of the keys.</summary>
    internal sealed record Cosign(string Name, PolicyPosition Origin, ImmutableArray<NativeMaterial> Keys) : NativeAuthority(Name, Origin)
    {
        /// <summary>The trust root whose log must have the signature; null: no log is asked for.</summary>
        public string? LogTrustRoot { get; init; }

        public NativeForm Form { get; init; } = NativeForm.Any;
    }

    /// <summary><c>keyless</c>: any of the identities.</summary>
    internal sealed record Keyless(string Name, PolicyPosition Origin, string TrustRoot, ImmutableArray<NativeIdentity> Identities) : NativeAuthority(Name, Origin)
    {
        public NativeForm Form { get; init; } = NativeForm.Any;
    }

    /// <summary><c>notation</c>.</summary>
    internal sealed record Notation(string Name, PolicyPosition Origin, ImmutableArray<NativeTrustStore> TrustStores, ImmutableArray<string> TrustedIdentities, string Level)
        : NativeAuthority(Name, Origin)
    {
        /// <summary>What is done instead of what the level does, by check.</summary>
        public ImmutableArray<(string Check, string Action)> Override { get; init; } = [];

        /// <summary><c>always</c> or <c>afterCertExpiry</c>; null: the default.</summary>
        public string? VerifyTimestamp { get; init; }
    }

    /// <summary><c>notary</c>: Notary v1, Docker Content Trust.</summary>
    internal sealed record Notary(string Name, PolicyPosition Origin, string Server, ImmutableArray<NativeMaterial> RootKeys) : NativeAuthority(Name, Origin)
    {
        public ImmutableArray<string> Delegations { get; init; } = [];
    }
}
