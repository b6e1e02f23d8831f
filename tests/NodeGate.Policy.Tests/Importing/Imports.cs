using System.Text;
using NodeGate.Policy.Importing;

namespace NodeGate.Policy.Tests.Importing;

/// <summary>Imports documents from text; {{a}} and {{b}} in a document are keys in PEM, indented as the line is.</summary>
internal static class Imports
{
    public static ImportResult Of(ImportSource source, params string[] documents) => PolicyImporter.Import(
        source, [.. documents.Select((text, i) => new PolicyFile($"theirs-{i}.yaml", Encoding.UTF8.GetBytes(Fill(text))))], new Policies.KeyFiles());

    /// <summary>The model of what is written.</summary>
    public static PolicyModel Model(ImportSource source, params string[] documents)
    {
        var result = Of(source, documents);
        Assert.True(result.Document is not null, string.Join('\n', result.Errors));
        return Policies.Model(result.Document);
    }

    /// <summary>The errors of what is refused, as text; nothing is written.</summary>
    public static string Refused(ImportSource source, params string[] documents)
    {
        var result = Of(source, documents);
        Assert.Null(result.Document);
        Assert.NotEmpty(result.Errors);
        Assert.All(result.Errors, e => Assert.StartsWith("theirs-", e.Position.File, StringComparison.Ordinal));
        return string.Join('\n', result.Errors);
    }

    /// <summary>What decides for an image.</summary>
    public static string Decides(this PolicyModel model, string image, string? @namespace = null)
    {
        var match = model.Match(Policies.Ref(image), null, @namespace, Policies.Now);
        var mode = match.Mode == PolicyMode.Audit ? " (audit)" : "";
        return match.Action switch
        {
            RuleAction.Allow => "allow" + mode,
            RuleAction.Deny => "deny" + mode,
            RuleAction.Require require => $"require {require}{mode}",
            _ => throw new InvalidOperationException(),
        };
    }

    private static string Fill(string text) => string.Join('\n', text.Split('\n').Select(line =>
        line.Trim() is "{{a}}" or "{{b}}"
            ? string.Join('\n', (line.Trim() == "{{a}}" ? Policies.One : Policies.Two).PublicPem.Trim().Split('\n').Select(l => line[..^5] + l))
            : line));
}
