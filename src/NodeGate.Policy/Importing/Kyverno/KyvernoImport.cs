using System.Collections.Immutable;
using NodeGate.Policy.Importing.Joining;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>Kyverno: all rules that match an image hold, and what no rule matches is admitted.</summary>
internal sealed class KyvernoImport : IPolicyImport
{
    public string Expected => "a ClusterPolicy or Policy of kyverno.io with 'verifyImages', or an ImageValidatingPolicy of policies.kyverno.io";

    public NativePolicy Read(ImmutableArray<YamlNode> documents, ImportContext context)
    {
        var book = new NativeBook();
        var demands = ImmutableArray.CreateBuilder<Demand>();
        foreach (var document in KubernetesObjects.Flatten(documents, context))
        {
            var (api, kind) = KubernetesObjects.ApiOf(document);
            if (api.StartsWith("kyverno.io/v", StringComparison.Ordinal) && kind is "ClusterPolicy" or "Policy")
            {
                demands.AddRange(new VerifyImagesReader(book, context).Read(document, kind is "Policy"));
            }
            else if (api.StartsWith("policies.kyverno.io/v", StringComparison.Ordinal) && kind is "ImageValidatingPolicy" or "NamespacedImageValidatingPolicy")
            {
                demands.AddRange(new ImageValidatingReader(book, context).Read(document, kind is "NamespacedImageValidatingPolicy"));
            }
            else
            {
                context.Errors.Add(document.Position, $"{Quote.Of(kind)} of {Quote.Of(api)}", Expected);
            }
        }

        CosignNotes.Add(context);
        context.Note("Kyverno's matching takes '.' for any character; here it is a dot");
        context.Note("Kyverno's own configuration leaves out namespaces (kube-system and its own, as it is delivered); these rules hold in all: give them 'namespaces' where that is not meant");
        return new NativePolicy
        {
            Name = "imported-kyverno",
            Origin = documents[0].Position,
            Unmatched = UnmatchedAction.Allow,
            Rules = context.Errors.Count > 0 ? [] : new RuleJoiner(demands.DrainToImmutable(), "Kyverno skips it, and admits what it does not verify", context).Join(),
            Authorities = book.Authorities,
            TrustRoots = book.TrustRoots,
        };
    }
}
