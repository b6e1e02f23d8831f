using Xunit;

namespace NodeGate.Testing.RealParts;

/// <summary>A theory that needs real parts; where one is missing it is skipped and says which.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealPartTheoryAttribute : TheoryAttribute
{
    public RealPartTheoryAttribute(params string[] parts)
    {
        Parts = parts;
        Skip = Tools.MissingReason(parts);
    }

    public IReadOnlyList<string> Parts { get; }
}
