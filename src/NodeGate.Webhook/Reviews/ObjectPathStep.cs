namespace NodeGate.Webhook.Reviews;

/// <summary>One step of an <see cref="ObjectPath"/>: a member, one item, or each item.</summary>
internal sealed record ObjectPathStep
{
    private ObjectPathStep(string? name, int? index)
    {
        Name = name;
        Index = index;
    }

    /// <summary>Each item of a list, or each value of a mapping: <c>[*]</c>.</summary>
    internal static ObjectPathStep Each { get; } = new(null, null);

    /// <summary>The member's name; null where the step is no member.</summary>
    internal string? Name { get; }

    /// <summary>The item's index from zero; null where the step is no single item.</summary>
    internal int? Index { get; }

    internal static ObjectPathStep Member(string name) => new(name, null);

    internal static ObjectPathStep Item(int index) => new(null, index);
}
