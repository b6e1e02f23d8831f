using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Import;

/// <summary>
/// A document in another system's own syntax, and beside it either NAME.images (what that system admits, audits and refuses) or
/// NAME.refused (what the import must say of it). In the document, {{registry}} and {{key-a}} are the world's.
/// </summary>
/// <param name="System">The system's word behind <c>--from</c>, and its folder.</param>
/// <param name="Name">The document's file name without its suffix.</param>
public sealed record ImportDocument(string System, string Name)
{
    private static readonly string Documents = Path.Combine(Tools.Repository, "tests/NodeGate.EndToEnd/Import/documents");

    public string FilePath => Directory.EnumerateFiles(Folder(System), Name + ".*").Single(f => Path.GetExtension(f) is ".yaml" or ".json");

    public string Text => File.ReadAllText(FilePath);

    /// <summary>The verdicts that NAME.images lists.</summary>
    public IReadOnlyList<ImportVerdict> Verdicts => [.. Lines(".images").Select(ImportVerdict.Parse)];

    /// <summary>What NAME.refused lists: texts, one a line, each of which the import says.</summary>
    public IReadOnlyList<string> Reasons => Lines(".refused");

    /// <summary>The certificates of notation's trust stores, which an import takes beside its documents.</summary>
    public IReadOnlyList<string> Materials => Path.Combine(Folder(System), "truststore") is var store && Directory.Exists(store)
        ? [.. Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The words behind <c>--from</c>.</summary>
    public static IEnumerable<string> Systems => Directory.EnumerateDirectories(Documents).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    /// <summary>System and name of the documents that are kept.</summary>
    public static TheoryData<string, string> Kept() => With(".images");

    /// <summary>System and name of the documents that are refused.</summary>
    public static TheoryData<string, string> Refused() => With(".refused");

    private static TheoryData<string, string> With(string suffix)
    {
        var documents = new TheoryData<string, string>();
        foreach (var system in Systems)
        {
            foreach (var name in Directory.EnumerateFiles(Folder(system), "*" + suffix).Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal))
            {
                documents.Add(system, name);
            }
        }

        return documents;
    }

    private static string Folder(string system) => Path.Combine(Documents, system);

    private string[] Lines(string suffix) =>
        [.. File.ReadAllLines(Path.Combine(Folder(System), Name + suffix)).Where(l => l.Length > 0 && !l.StartsWith('#'))];

    public override string ToString() => $"{System}/{Name}";
}
