using Xunit;

namespace NodeGate.Testing.RealParts;

/// <summary>A test that needs real parts; where one is missing it is skipped and says which.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealPartFactAttribute : FactAttribute
{
    public RealPartFactAttribute(params string[] parts)
    {
        Parts = parts;
        Skip = Tools.MissingReason(parts);
    }

    public IReadOnlyList<string> Parts { get; }
}
