using System.Text;
using NodeGate.Policy.Importing;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Tests.Importing;

/// <summary>Imports from text.</summary>
internal static class ImportCases
{
    /// <summary>Key of nobody's, for documents that are refused before a key is read.</summary>
    public const string Pem = "\"-----BEGIN PUBLIC KEY-----\\nAAAA\\n-----END PUBLIC KEY-----\"";

    public static ImportResult Import(ImportSource source, params string[] documents) =>
        PolicyImporter.Import(source, [.. documents.Select((text, i) => File($"{(char)('a' + i)}.yaml", text))], new Policies.KeyFiles());

    /// <summary>What a document that can be kept becomes, loaded.</summary>
    public static PolicyModel Model(ImportSource source, params string[] documents) => Policies.Model(Written(source, documents));

    public static string Written(ImportSource source, params string[] documents)
    {
        var result = Import(source, documents);
        Assert.True(result.Document is not null, string.Join('\n', result.Errors));
        return result.Document;
    }

    /// <summary>The errors of a document of which nothing is written.</summary>
    public static IReadOnlyList<PolicyError> Errors(ImportSource source, params string[] documents)
    {
        var result = Import(source, documents);
        Assert.Null(result.Document);
        return result.Errors;
    }

    /// <summary>What the documents become before this version's loader looks at it.</summary>
    public static (NativePolicy Policy, ImportContext Context) Map(IPolicyImport import, params PolicyFile[] files)
    {
        var context = new ImportContext(new Policies.KeyFiles()) { Materials = [.. files.Where(import.IsMaterial)] };
        var nodes = files.Where(f => !import.IsMaterial(f)).SelectMany(f => YamlReader.Read(f, context.Errors)).ToArray();
        return (import.Read([.. nodes], context), context);
    }

    public static PolicyFile File(string path, string text) => new(path, Encoding.UTF8.GetBytes(text));

    /// <summary>PEM below a key, at this depth.</summary>
    public static string Block(string pem, int indent) =>
        "|\n" + string.Concat(pem.Trim().Split('\n').Select(line => new string(' ', indent) + line.Trim() + "\n"));
}
