using System.Collections.Immutable;
using NodeGate.Policy.Loading.Trust;

namespace NodeGate.Policy.Loading;

/// <summary>A document as it is written: read and well-formed, not yet checked against the others.</summary>
internal sealed record DocumentConfig(
    Located? Name,
    PolicyMode Mode,
    bool Grace,
    UnmatchedConfig? Unmatched,
    SandboxImageMode SandboxImage,
    ImmutableArray<TrustRootConfig> TrustRoots,
    ImmutableArray<AuthorityConfig> Authorities,
    ImmutableArray<RuleConfig> Rules,
    ImmutableArray<ExceptionConfig> Exceptions);
