using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NodeGate.Policy;

/// <summary>A valid policy, or everything that is wrong with it.</summary>
public sealed class PolicyLoadResult
{
    internal PolicyLoadResult(PolicyModel model) => Model = model;

    internal PolicyLoadResult(ImmutableArray<PolicyError> errors) => Errors = errors;

    /// <summary>True when there is a policy; false when there is at least one error.</summary>
    [MemberNotNullWhen(true, nameof(Model))]
    public bool IsLoaded => Model is not null;

    /// <summary>The policy; null where there are errors. There is no policy that is valid in part.</summary>
    public PolicyModel? Model { get; }

    /// <summary>All errors in all files, by file, line and column.</summary>
    public ImmutableArray<PolicyError> Errors { get; } = [];
}
