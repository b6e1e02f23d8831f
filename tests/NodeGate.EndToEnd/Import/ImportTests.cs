using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Import;

/// <summary>Policies in other systems' own syntax: imported, and each image asked about with the result; or refused with the reason.</summary>
[Collection(ImportDefinition.Name)]
public sealed class ImportTests(ImportWorld world)
{
    public static TheoryData<string> ClusterImagePolicies => ImportDocument.Kept("cluster-image-policy");

    public static TheoryData<string> RefusedClusterImagePolicies => ImportDocument.Refused("cluster-image-policy");

    public static TheoryData<string> Kyverno => ImportDocument.Kept("kyverno");

    public static TheoryData<string> RefusedKyverno => ImportDocument.Refused("kyverno");

    public static TheoryData<string> Containers => ImportDocument.Kept("containers");

    public static TheoryData<string> RefusedContainers => ImportDocument.Refused("containers");

    [RealPartTheory("cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(ClusterImagePolicies))]
    public Task Import_ClusterImagePolicy_AdmitsAndRefusesTheSame(string name) => world.AssertKeptAsync(new ImportDocument("cluster-image-policy", name));

    [RealPartTheory("cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(RefusedClusterImagePolicies))]
    public Task Import_ClusterImagePolicyThatCannotBeKept_IsRefused(string name) => world.AssertRefusedAsync(new ImportDocument("cluster-image-policy", name));

    [RealPartTheory("cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(Kyverno))]
    public Task Import_Kyverno_AdmitsAndRefusesTheSame(string name) => world.AssertKeptAsync(new ImportDocument("kyverno", name));

    [RealPartTheory("cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(RefusedKyverno))]
    public Task Import_KyvernoThatCannotBeKept_IsRefused(string name) => world.AssertRefusedAsync(new ImportDocument("kyverno", name));

    [RealPartTheory("cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(Containers))]
    public Task Import_ContainersPolicy_AdmitsAndRefusesTheSame(string name) => world.AssertKeptAsync(new ImportDocument("containers", name));

    [RealPartTheory("cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(RefusedContainers))]
    public Task Import_ContainersPolicyThatCannotBeKept_IsRefused(string name) => world.AssertRefusedAsync(new ImportDocument("containers", name));

    [RealPartFact("nodegate")]
    public async Task Import_ExistingOutput_IsNotOverwrittenWithoutForce()
    {
        await using var folder = TestFolder.Create();
        var source = folder.Write("policy.json", """{"default": [{"type": "reject"}]}""");
        var output = folder.Write("out.yaml", "mine");
        string[] command = ["policy", "import", "--from", "containers", "--output", output, source];

        var kept = await NodeGateCommand.RunAsync(command);
        var untouched = await File.ReadAllTextAsync(output);
        var forced = await NodeGateCommand.RunAsync([.. command, "--force"]);

        Assert.Equal((64, "mine", 0), (kept.ExitCode, untouched, forced.ExitCode));
        Assert.Contains("--force", kept.StandardError, StringComparison.Ordinal);
        Assert.Contains("unmatched: deny", await File.ReadAllTextAsync(output), StringComparison.Ordinal);
    }

    [RealPartTheory("nodegate")]
    [InlineData("--from", "unheard", "{source}")]
    [InlineData("{source}")]
    [InlineData("--from", "containers")]
    [InlineData("--from", "containers", "/nonexistent/policy.json")]
    public async Task Import_WrongUsage_Exits64(params string[] arguments)
    {
        await using var folder = TestFolder.Create();
        var source = folder.Write("policy.json", """{"default": [{"type": "reject"}]}""");

        var result = await NodeGateCommand.RunAsync(["policy", "import", .. arguments.Select(a => a.Replace("{source}", source, StringComparison.Ordinal))]);

        Assert.True(result.ExitCode == 64, result.ToString());
        Assert.NotEmpty(result.StandardError);
    }
}
