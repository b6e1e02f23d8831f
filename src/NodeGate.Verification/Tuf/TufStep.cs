namespace NodeGate.Verification.Tuf;

/// <summary>What the caller of <see cref="TufUpdater"/> has to do next. There are no other steps than those in here.</summary>
public abstract record TufStep
{
    private TufStep()
    {
    }

    /// <summary>Answer with the content of a file that was stored before, or null where there is none.</summary>
    /// <param name="Place">The folder.</param>
    /// <param name="Name">The file's name; one segment.</param>
    public sealed record Load(TufPlace Place, string Name) : TufStep;

    /// <summary>Answer with a file of the repository, or null where it has none.</summary>
    /// <param name="Place">The folder.</param>
    /// <param name="Path">The path below the folder's URL, escaped.</param>
    /// <param name="MaxBytes">The longest content that is accepted. The caller reads one byte more at most: that is enough to refuse it.</param>
    public sealed record Fetch(TufPlace Place, string Path, int MaxBytes) : TufStep;

    /// <summary>Store a file, at once, whole or not at all. Its answer is ignored.</summary>
    /// <param name="Place">The folder.</param>
    /// <param name="Name">The file's name; one segment.</param>
    /// <param name="Content">The verified content.</param>
    public sealed record Store(TufPlace Place, string Name, ReadOnlyMemory<byte> Content) : TufStep;

    /// <summary>Delete a file where there is one. Its answer is ignored.</summary>
    /// <param name="Place">The folder.</param>
    /// <param name="Name">The file's name; one segment.</param>
    public sealed record Delete(TufPlace Place, string Name) : TufStep;
}
