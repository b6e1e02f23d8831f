namespace NodeGate.EndToEnd.Flows;

/// <summary>The policies of the flows, as an operator would write them.</summary>
internal static class FlowPolicy
{
    /// <summary>One rule for everything below each prefix, and stricter ones for the repositories that want an annotation or two keys.</summary>
    internal static string Corpora(FlowKeys keys, IReadOnlyList<string> prefixes) => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: flows}
        mode: enforce
        unmatched: deny
        authorities:
          - name: release
            cosign: {keys: [{file: "{{keys.Release.PublicKey}}"}]}
          - name: second
            cosign: {keys: [{file: "{{keys.Second.PublicKey}}"}]}
          - name: release-prod
            cosign: {keys: [{file: "{{keys.Release.PublicKey}}"}], annotations: {env: prod} }
        rules:
          - {name: signed, images: [{{List(prefixes.Select(prefix => prefix + "/**"))}}], require: {anyOf: [release]} }
          - {name: annotated, images: [{{List(prefixes.SelectMany(Corpus.AnnotatedRepositories))}}], require: {anyOf: [release-prod]} }
          - {name: two, images: [{{List(prefixes.SelectMany(Corpus.TwoKeyRepositories))}}], require: {atLeast: {count: 2, of: [release, second]} } }
        """;

    /// <summary>A rule that wants the team's signature for everything in <paramref name="registry"/>; <paramref name="rules"/> are indented by two.</summary>
    internal static string Team(string publicKeyFile, string registry, string rules, string head) => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: team}
        {{head}}
        authorities:
          - name: team
            cosign: {keys: [{file: "{{publicKeyFile}}"}]}
        rules:
          - {name: team, images: ["{{registry}}/**"], require: {anyOf: [team]} }
        {{rules}}
        """;

    private static string List(IEnumerable<string> patterns) => string.Join(", ", patterns.Select(pattern => $"\"{pattern}\""));
}
