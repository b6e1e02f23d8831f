using Xunit;

namespace NodeGate.Testing.Signing;

/// <summary>A test over the public vectors, skipped where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class VectorsFactAttribute : FactAttribute
{
    private const string Reason = "no vectors";

    public VectorsFactAttribute()
    {
        if (Vectors.Folder is null)
        {
            Skip = Reason;
        }
    }
}
