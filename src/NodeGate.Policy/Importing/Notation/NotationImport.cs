using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Importing.Notation;

/// <summary>
/// The Notary Project's trust policy for images (<c>trustpolicy.oci.json</c>, formerly <c>trustpolicy.json</c>), with the certificates of its trust
/// stores: <see href="https://github.com/notaryproject/specifications/blob/main/specs/trust-store-trust-policy.md"/>.
/// </summary>
internal sealed class NotationImport : IPolicyImport
{
    private const string Everything = "*";

    private static readonly ForeignKeys Document = new()
    {
        What = "a trust policy: {\"version\": \"1.0\", \"trustPolicies\": […]}",
        Read = ["version", "trustPolicies"],
    };

    private static readonly ForeignKeys Statement = new()
    {
        What = "a statement of the trust policy",
        Read = ["name", "registryScopes", "signatureVerification", "trustStores", "trustedIdentities"],
    };

    private static readonly ForeignKeys Verification = new() { What = "{\"level\": …}", Read = ["level", "override", "verifyTimestamp"] };

    private static readonly ForeignKeys Override = new()
    {
        What = "what is done instead of the level's, by check",
        Read = ["authenticity", "authenticTimestamp", "expiry", "revocation"],
    };

    public string Expected => "a trust policy of the Notary Project: {\"version\": \"1.0\", \"trustPolicies\": […]}";

    /// <summary>A certificate of a trust store is no document; its path says which store it belongs to.</summary>
    public bool IsMaterial(PolicyFile file) => NotationTrustStores.Contains(file);

    public NativePolicy Read(ImmutableArray<YamlNode> documents, ImportContext context)
    {
        var root = documents[0];
        var policy = new NativePolicy { Name = "notation", Origin = root.Position, Unmatched = UnmatchedAction.Deny, Rules = [] };
        if (documents.Length > 1)
        {
            context.Errors.Add(
                documents[1].Position,
                "a second trust policy",
                "one: notation reads trustpolicy.oci.json, and trustpolicy.json only where that is not there");
        }

        if (Document.Open(root, context) is not { } document)
        {
            return policy;
        }

        _ = document.Word(document.Required("version", "'\"version\": \"1.0\"'"), ("1.0", true));
        var items = document.List(
            document.Required("trustPolicies", "'\"trustPolicies\": […]'"), "a list of statements", PolicyLimits.MaxRules, nameof(PolicyLimits.MaxRules));
        ImmutableArray<NotationStatement> statements = [.. items.Select(i => ReadStatement(i, context)).OfType<NotationStatement>()];
        RefuseTwice(statements.Select(s => s.Name), "a statement's name", context);
        RefuseTwice(statements.SelectMany(s => s.Scopes), "a registry scope", context);
        var names = new NativeNames();
        var stores = new NotationTrustStores(context);
        var authorities = ImmutableArray.CreateBuilder<NativeAuthority>();
        var rules = ImmutableArray.CreateBuilder<NativeRule>();
        foreach (var statement in statements)
        {
            var name = names.Unique(statement.Name.Text);
            if (statement.Level is not "skip")
            {
                authorities.Add(new NativeAuthority.Notation(name, statement.Position, stores.Find(statement.TrustStores), statement.TrustedIdentities, statement.Level)
                {
                    Override = statement.Override,
                    VerifyTimestamp = statement.VerifyTimestamp,
                });
            }

            rules.Add(new NativeRule(name, statement.Position, $"{statement.Position}: {statement.Name.Text}")
            {
                Images = [.. statement.Scopes.Select(s => s.Text is Everything ? "**" : s.Text)],
                Action = statement.Level is "skip"
                    ? new NativeAction.Allow($"the trust policy '{statement.Name.Text}' skips the verification of signatures")
                    : new NativeAction.Require(new NativeRequirement.Authority(name)),
            });
        }

        return policy with { Authorities = authorities.DrainToImmutable(), Rules = rules.DrainToImmutable() };
    }

    private static NotationStatement? ReadStatement(YamlNode node, ImportContext context)
    {
        if (Statement.Open(node, context) is not { } statement
            || statement.Line(statement.Required("name", "'\"name\": …'"), "the statement's name") is not { } name
            || statement.Required("signatureVerification", "'\"signatureVerification\": {\"level\": …}'") is not { } how
            || Verification.Open(how, context) is not { } verification
            || ReadWord(verification, "level", "strict", "permissive", "audit", "skip") is not { } level)
        {
            return null;
        }

        var scopes = ReadTexts(statement, "registryScopes", "a repository, such as \"registry.example/team/app\", or \"*\" alone");
        foreach (var scope in scopes)
        {
            CheckScope(scope, scopes.Length, context);
        }

        if (scopes.IsEmpty && !statement.Has("registryScopes"))
        {
            context.Errors.Add(
                node.Position,
                "no 'registryScopes'",
                "the repositories that the statement is for, or [\"*\"] (a policy for blobs is none for images)");
        }

        var trustStores = ReadTexts(statement, "trustStores", "a trust store, such as \"ca:acme\"");
        var identities = ReadTexts(statement, "trustedIdentities", "\"x509.subject: C=…, ST=…, O=…\", or \"*\" alone");
        foreach (var identity in identities.Where(i => i.Text is not Everything && !i.Text.StartsWith("x509.subject:", StringComparison.Ordinal)))
        {
            context.Refuse(identity.Position, $"the identity {Quote.Of(identity.Text)}", "only a plugin of notation knows what it means", "'x509.subject: …'");
        }

        if (level is "skip" ? verification.Has("override") || !trustStores.IsEmpty || !identities.IsEmpty : trustStores.IsEmpty || identities.IsEmpty)
        {
            context.Errors.Add(
                node.Position,
                $"the level '{level}' {(level is "skip" ? "with trust stores, identities or overrides" : "without trust stores or without identities")}",
                level is "skip" ? "none of them: nothing is verified" : "both 'trustStores' and 'trustedIdentities'; notation refuses the trust policy without them");
        }

        return new NotationStatement(name, node.Position, scopes, level)
        {
            TrustStores = trustStores,
            TrustedIdentities = [.. identities.Select(i => i.Text)],
            Override = verification.Optional("override") is { } overrides && Override.Open(overrides, context) is { } mapping ? ReadOverrides(mapping) : [],
            VerifyTimestamp = ReadWord(verification, "verifyTimestamp", "always", "afterCertExpiry"),
        };
    }

    private static ImmutableArray<(string Check, string Action)> ReadOverrides(MappingReader overrides) =>
    [
        .. Override.Read
            .Select(check => (check, check is "revocation" ? ReadWord(overrides, check, "enforce", "log", "skip") : ReadWord(overrides, check, "enforce", "log")))
            .Where(o => o.Item2 is not null)
            .Select(o => (o.check, o.Item2!)),
    ];

    /// <summary>A scope is compared with the repository as it is written out: what NodeGate would read as another one is not kept.</summary>
    private static void CheckScope(Located scope, int count, ImportContext context)
    {
        if (scope.Text is Everything)
        {
            if (count > 1)
            {
                context.Errors.Add(
                    scope.Position,
                    "'*' among other scopes",
                    "'*' alone, in a statement of its own: notation refuses the trust policy otherwise");
            }
        }
        else if (!ImagePatternParser.TryParse(scope.Text, out var pattern, out var expected) || pattern.Rank != PatternRank.Repository || pattern.HasTag)
        {
            context.Errors.Add(scope.Position, $"the scope {Quote.Of(scope.Text)}", expected ?? "a repository without tag, digest and wildcard, or '*' alone");
        }
        else if (pattern.Text != scope.Text)
        {
            context.Refuse(
                scope.Position, $"the scope {Quote.Of(scope.Text)}", $"notation compares it as it stands, and NodeGate, as containerd, reads '{pattern}'", $"'{pattern}', where that is meant");
        }
    }

    private static void RefuseTwice(IEnumerable<Located> texts, string what, ImportContext context)
    {
        foreach (var again in texts.GroupBy(t => t.Text, StringComparer.Ordinal).SelectMany(g => g.Skip(1)))
        {
            context.Errors.Add(again.Position, $"{what} a second time: {Quote.Of(again.Text)}", "each once: notation refuses the trust policy otherwise");
        }
    }

    private static ImmutableArray<Located> ReadTexts(MappingReader mapping, string key, string expected) =>
        mapping.Optional(key) is YamlSequence { Items.IsEmpty: true } ? [] :
        [
            .. mapping.List(mapping.Optional(key), $"a list of texts, each {expected}", PolicyLimits.MaxPatternsPerRule, nameof(PolicyLimits.MaxPatternsPerRule))
                .Select(n => mapping.Line(n, expected)).OfType<Located>(),
        ];

    private static string? ReadWord(MappingReader mapping, string key, params string[] words)
    {
        var node = key is "level" ? mapping.Required(key, $"'\"{key}\": …', one of {string.Join(", ", words)}") : mapping.Optional(key);
        return mapping.Word(node, words.Select((word, i) => (word, i)).ToArray()) is { } i ? words[i] : null;
    }
}
