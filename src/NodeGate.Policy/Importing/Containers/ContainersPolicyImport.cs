using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Importing.Containers;

/// <summary>containers-policy.json(5): the most specific scope decides, and all of its requirements must hold.</summary>
internal sealed class ContainersPolicyImport : IPolicyImport
{
    private const string Docker = "docker";

    private static readonly ForeignKeys Root = new() { What = "a policy.json: {\"default\": […], \"transports\": {…}}", Read = ["default", "transports"] };

    public string Expected => "a policy.json (containers-policy.json(5))";

    public NativePolicy Read(ImmutableArray<YamlNode> documents, ImportContext context)
    {
        if (documents.Length > 1)
        {
            context.Errors.Add(documents[1].Position, "a second policy.json", "one: there is no order between two");
        }

        var book = new NativeBook();
        var names = new NativeNames();
        var reader = new RequirementReader(book, context);
        var rules = ImmutableArray.CreateBuilder<NativeRule>();
        NativeAction fallback = new NativeAction.Deny("no scope of the policy matches");
        if (Root.Open(documents[0], context) is { } root)
        {
            var scopes = ReadScopes(root, context);
            var fallbackNode = scopes.FirstOrDefault(s => s.Key.Length == 0)?.Value ?? root.Required("default", "'default': […], which is mandatory");
            fallback = fallbackNode is null ? fallback : reader.Read(fallbackNode, "default");
            rules.AddRange(scopes.Where(s => s.Key.Length > 0).Select(s => ReadScope(s, reader, names, context)).OfType<NativeRule>());
            if (fallback is NativeAction.Require)
            {
                rules.Add(new NativeRule(names.Unique("default"), fallbackNode!.Position, $"{fallbackNode.Position.File}:{fallbackNode.Position.Line} the default") { Images = ["**"], Action = fallback });
            }
        }

        if (!book.Authorities.IsEmpty)
        {
            context.Note("sigstore signatures are looked for without registries.d's 'use-sigstore-attachments'; where that is off, the source refuses every image that must be signed");
            context.Note("where a signature names a tag or a digest, NodeGate asks that it is the pulled one; 'matchRepository' does not");
        }

        return new NativePolicy
        {
            Name = "imported-containers-policy",
            Origin = documents[0].Position,
            Unmatched = fallback is NativeAction.Allow ? UnmatchedAction.Allow : UnmatchedAction.Deny,
            Rules = rules.DrainToImmutable(),
            Authorities = book.Authorities,
            TrustRoots = book.TrustRoots,
        };
    }

    private static ImmutableArray<YamlEntry> ReadScopes(MappingReader root, ImportContext context)
    {
        if (root.Optional("transports") is not { } node)
        {
            return [];
        }

        if (node is not YamlMapping transports)
        {
            context.Errors.Add(node, "a mapping of transports");
            return [];
        }

        foreach (var other in transports.Entries.Where(e => e.Key != Docker))
        {
            context.Note(other.Position, $"the transport {Quote.Of(other.Key)} is left out: a node pulls from registries, which is 'docker'");
        }

        if (transports.Entries.FirstOrDefault(e => e.Key == Docker)?.Value is not { } docker)
        {
            return [];
        }

        if (docker is YamlMapping scopes)
        {
            return scopes.Entries;
        }

        context.Errors.Add(docker, "a mapping of scopes");
        return [];
    }

    private static NativeRule? ReadScope(YamlEntry scope, RequirementReader reader, NativeNames names, ImportContext context)
    {
        var images = ContainersScope.Read(new Located(scope.Key, scope.Position), context);
        var action = reader.Read(scope.Value, scope.Key);
        return images.IsEmpty ? null : new NativeRule(names.Unique(scope.Key), scope.Position, $"{scope.Position.File}:{scope.Position.Line} the scope {scope.Key}") { Images = images, Action = action };
    }
}
