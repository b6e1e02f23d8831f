using System.Collections.Immutable;
using System.Text.Json;

namespace NodeGate.Policy.Conditions;

/// <summary>
/// One operator with its operand. What is missing never satisfies one (but <c>exists: false</c>), and neither does a value of another type:
/// a predicate that says less than the policy expects is not what was asked for.
/// </summary>
internal abstract record ConditionTest
{
    /// <summary>The operator's name in the policy.</summary>
    public abstract string Operator { get; }

    /// <summary>The operands in words that no two operands share: for the policy's revision.</summary>
    public abstract ImmutableArray<string> Operands { get; }

    /// <summary>Whether it holds for what was found, null where nothing was.</summary>
    public abstract bool Holds(JsonElement? found, DateTimeOffset now);
}
