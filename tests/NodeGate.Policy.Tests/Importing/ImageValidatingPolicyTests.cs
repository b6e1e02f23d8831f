using NodeGate.Policy.Importing;
using NodeGate.Verification;

namespace NodeGate.Policy.Tests.Importing;

/// <summary>Kyverno's ImageValidatingPolicy: the one form of validation that is kept, and what is refused.</summary>
public sealed class ImageValidatingPolicyTests
{
    private const ImportSource Source = ImportSource.Kyverno;
    private const string Signed = "images.containers.map(image, verifyImageSignatures(image, [attestors.a])).all(e, e > 0)";

    [Theory]
    [InlineData(Signed, "require a")]
    [InlineData("images.containers.map(i,verifyImageSignatures(i,[attestors.a,attestors.b])).all(n,n>0)", "require anyOf [a, b]")]
    public void Import_StandardValidation_IsTheAttestors(string expression, string decides)
    {
        var model = Imports.Model(Source, Policy(expression));

        Assert.Equal((decides, "allow"), (model.Decides("ghcr.io/org/app:1"), model.Decides("quay.io/app:1")));
        Assert.Null(Assert.IsType<KeyRequirement>(model.Authorities[0].Requirement).TransparencyLog);
    }

    [Fact]
    public void Import_TwoValidations_AreAllOf()
    {
        var two = Policy(Signed).Replace("  validations:\n", "  validations:\n    - expression: " + Signed.Replace(".a]", ".b]", StringComparison.Ordinal) + "\n", StringComparison.Ordinal);

        Assert.Equal("require allOf [b, a]", Imports.Model(Source, two).Decides("ghcr.io/org/app:1"));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("images.containers.map(image, verifyImageSignatures(image, [attestors.a])).all(e, e > 1)")]
    [InlineData("images.containers.map(image, verifyImageSignatures(other, [attestors.a])).all(e, e > 0)")]
    [InlineData("images.containers.map(image, verifyImageSignatures(image, [attestors.a])).exists(e, e > 0)")]
    [InlineData("images.containers.map(image, verifyImageSignatures(image, [attestors.a])).all(e, e > 0) || true")]
    public void Import_AnotherExpression_IsRefused(string expression) =>
        Assert.Contains("no CEL", Imports.Refused(Source, Policy(expression)), StringComparison.Ordinal);

    [Fact]
    public void Import_AttestorThatIsNotThere_IsRefused() =>
        Assert.Contains("'gone'", Imports.Refused(Source, Policy(Signed.Replace("attestors.a", "attestors.gone", StringComparison.Ordinal))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Deny", "require a")]
    [InlineData("Audit", "require a (audit)")]
    [InlineData("Warn, Audit", "require a (audit)")]
    public void Import_ValidationActions_AreTheMode(string actions, string decides) =>
        Assert.Equal(decides, Imports.Model(Source, Policy(Signed).Replace("[Deny]", $"[{actions}]", StringComparison.Ordinal)).Decides("ghcr.io/org/app:1"));

    [Fact]
    public void Import_Namespaced_HoldsInItsNamespace()
    {
        var model = Imports.Model(Source, Policy(Signed).Replace("kind: Image", "kind: NamespacedImage", StringComparison.Ordinal).Replace("{name: ivp}", "{name: ivp, namespace: prod}", StringComparison.Ordinal));

        Assert.Equal(("require a", "allow"), (model.Decides("ghcr.io/org/app:1", "prod"), model.Decides("ghcr.io/org/app:1", "test")));
    }

    [Theory]
    [InlineData("  variables: [{name: x, expression: y}]\n", "'variables'")]
    [InlineData("  matchConditions: [{name: x, expression: y}]\n", "'matchConditions'")]
    [InlineData("  attestations: [{name: x, intoto: {type: y}}]\n", "'attestations'")]
    [InlineData("  evaluation: {mode: JSON}\n", "evaluation")]
    [InlineData("  matchConstraints: {resourceRules: [{resources: [deployments], operations: [CREATE]}]}\n", "creation of pods")]
    [InlineData("  matchConstraints: {namespaceSelector: {matchLabels: {a: b}}, resourceRules: [{resources: [pods], operations: [CREATE]}]}\n", "namespaceSelector")]
    public void Import_SpecThatCannotBeKept_IsRefused(string more, string reason) =>
        Assert.Contains(reason, Imports.Refused(Source, Policy(Signed) + more), StringComparison.Ordinal);

    [Theory]
    [InlineData("ghcr.io/org/app:1")]
    [InlineData("docker.io/org/*")]
    [InlineData("ghcr.io/{a,b}/*")]
    public void Import_GlobOfWhatThePodSays_IsRefusedWhereSpellingsCount(string glob) =>
        Assert.Contains(glob, Imports.Refused(Source, Policy(Signed).Replace("ghcr.io/org/*", glob, StringComparison.Ordinal)), StringComparison.Ordinal);

    private static string Policy(string expression) => $$$"""
        apiVersion: policies.kyverno.io/v1
        kind: ImageValidatingPolicy
        metadata: {name: ivp}
        spec:
          validationActions: [Deny]
          matchImageReferences: [{glob: "ghcr.io/org/*"}]
          attestors:
            - name: a
              cosign:
                ctlog: {url: "https://rekor.sigstore.dev", insecureIgnoreTlog: true}
                key:
                  data: |
                    {{a}}
            - name: b
              cosign:
                ctlog: {url: "https://rekor.sigstore.dev", insecureIgnoreTlog: true}
                key:
                  data: |
                    {{b}}
          validations:
            - expression: {{{expression}}}

        """;
}
