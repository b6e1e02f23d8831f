using System.Collections.Immutable;
using System.Text;
using NodeGate.Policy.Importing.ClusterImagePolicies;
using NodeGate.Policy.Importing.Connaisseur;
using NodeGate.Policy.Importing.Containers;
using NodeGate.Policy.Importing.Kyverno;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Importing.Notation;
using NodeGate.Policy.Importing.Portieris;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Importing;

/// <summary>Turns the policies of other systems into NodeGate's document: all of them exactly, or nothing.</summary>
public static class PolicyImporter
{
    /// <summary>How errors name the written document, which is no file yet.</summary>
    private const string Written = "the written document";

    /// <summary>
    /// Imports all <paramref name="documents"/> as one policy. One thing that cannot be kept exactly refuses the whole: half a policy would
    /// admit or refuse what nobody asked for. What is written was loaded with <see cref="PolicyLoader"/> before it is returned.
    /// </summary>
    /// <param name="source">The system that the documents are of.</param>
    /// <param name="documents">The files in that system's syntax, and the certificates of notation's trust stores.</param>
    /// <param name="referenced">Gives the keys and certificates that the documents name.</param>
    public static ImportResult Import(ImportSource source, ImmutableArray<PolicyFile> documents, IPolicyFiles referenced)
    {
        ArgumentNullException.ThrowIfNull(referenced);
        var import = Of(source);
        var context = new ImportContext(referenced) { Materials = [.. documents.Where(import.IsMaterial)] };
        var nodes = ReadNodes([.. documents.Where(d => !import.IsMaterial(d))], import.Expected, context);
        if (context.Errors.Count > 0)
        {
            return Refused(context);
        }

        var policy = import.Read(nodes, context);
        if (context.Errors.Count > 0)
        {
            return Refused(context);
        }

        var written = NativeWriter.Write(policy);
        Check(written, context);
        return context.Errors.Count > 0 ? Refused(context) : new ImportResult(written.Text, [], context.Notes);
    }

    private static IPolicyImport Of(ImportSource source) => source switch
    {
        ImportSource.Connaisseur => new ConnaisseurImport(),
        ImportSource.NotationTrustPolicy => new NotationImport(),
        ImportSource.Portieris => new PortierisImport(),
        ImportSource.ClusterImagePolicy => new ClusterImagePolicyImport(),
        ImportSource.Kyverno => new KyvernoImport(),
        ImportSource.ContainersPolicy => new ContainersPolicyImport(),
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "a system that this version does not import"),
    };

    private static ImmutableArray<YamlNode> ReadNodes(ImmutableArray<PolicyFile> documents, string expected, ImportContext context)
    {
        if (documents.Length is 0 or > PolicyLimits.MaxFiles || documents.Sum(d => (long)d.Content.Length) > PolicyLimits.MaxTotalBytes)
        {
            context.Errors.Add(
                new PolicyPosition("import", 0, 0, ""),
                $"{documents.Length} files",
                $"1 to {PolicyLimits.MaxFiles} files (MaxFiles) of at most {PolicyLimits.MaxTotalBytes} bytes together (MaxTotalBytes)");
            return [];
        }

        var nodes = documents.OrderBy(d => d.Path, StringComparer.Ordinal).SelectMany(d => YamlReader.Read(d, context.Errors, expected)).ToImmutableArray();
        if (nodes.Length > PolicyLimits.MaxDocuments)
        {
            context.Errors.Add(
                nodes[PolicyLimits.MaxDocuments].Position, $"{nodes.Length} documents", $"at most {PolicyLimits.MaxDocuments} documents together (MaxDocuments)");
        }

        return nodes;
    }

    /// <summary>Whatever the policy cannot express or this version does not read yet is found here, and told with its place in the source.</summary>
    private static void Check(WrittenPolicy written, ImportContext context)
    {
        var loaded = PolicyLoader.Load([new PolicyFile(Written, Encoding.UTF8.GetBytes(written.Text))], context.Files);
        foreach (var error in loaded.Errors)
        {
            var path = error.Position.Path.Length == 0 ? "" : $"'{error.Position.Path}' of ";
            context.Errors.Add(written.OriginOf(error.Position), $"what becomes {path}{Written}: {error.Found}", error.Expected);
        }
    }

    private static ImportResult Refused(ImportContext context) => new(null, context.Errors.ToSorted(), context.Notes);
}
