using Xunit;

namespace NodeGate.Testing.Signing;

/// <summary>A test over the public vectors, skipped where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class VectorsFactAttribute : FactAttribute
{
    public VectorsFactAttribute()
    {
        if (Vectors.Folder is null)
        {
            Skip = "no vectors";
        }
    }
}
