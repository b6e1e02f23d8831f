using System.Collections.Immutable;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy;

/// <summary>Reads and validates a policy (design.md section 6).</summary>
public static class PolicyLoader
{
    /// <summary>
    /// Loads all <paramref name="files"/> as one policy: rules and authorities are pooled, <c>mode</c> is the default of its own
    /// document's rules. All errors in all files are collected; no file, or none with a document, is an error, never an empty policy.
    /// </summary>
    /// <param name="files">The files; their order does not matter.</param>
    /// <param name="named">Gives the keys and trust roots that the policy names.</param>
    public static PolicyLoadResult Load(IReadOnlyList<PolicyFile> files, IPolicyFiles named)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(named);
        var errors = new ErrorList();
        var documents = ReadDocuments(files, errors);
        var model = documents.IsEmpty ? null : new ModelBuilder(named, errors).Build(documents);
        return model is not null && errors.Count == 0 ? new PolicyLoadResult(model) : new PolicyLoadResult(errors.ToSorted());
    }

    private static ImmutableArray<DocumentConfig> ReadDocuments(IReadOnlyList<PolicyFile> files, ErrorList errors)
    {
        if (files.Count == 0)
        {
            errors.Add(
                new PolicyPosition("policy", 0, 0, ""),
                "no policy file",
                "at least one *.yaml file with a document of kind ImagePolicy: an empty policy would say nothing about any image");
            return [];
        }

        var first = files.MinBy(f => f.Path, StringComparer.Ordinal)!;
        if (files.Count > PolicyLimits.MaxFiles)
        {
            errors.Add(new PolicyPosition(first.Path, 0, 0, ""), $"{files.Count} files", $"at most {PolicyLimits.MaxFiles} policy files (MaxFiles)");
            return [];
        }

        if (files.Sum(f => (long)f.Content.Length) is > PolicyLimits.MaxTotalBytes and var total)
        {
            errors.Add(
                new PolicyPosition(first.Path, 0, 0, ""), $"{total} bytes in all files", $"at most {PolicyLimits.MaxTotalBytes} bytes in all policy files together (MaxTotalBytes)");
            return [];
        }

        var nodes = files.OrderBy(f => f.Path, StringComparer.Ordinal).SelectMany(f => YamlReader.Read(f, errors)).ToImmutableArray();
        if (nodes.Length > PolicyLimits.MaxDocuments)
        {
            errors.Add(
                nodes[PolicyLimits.MaxDocuments].Position, $"{nodes.Length} documents", $"at most {PolicyLimits.MaxDocuments} documents in all files together (MaxDocuments)");
            return [];
        }

        return [.. nodes.Select(n => DocumentReader.Read(n, errors)).OfType<DocumentConfig>()];
    }
}
