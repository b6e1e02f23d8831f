using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Import;

/// <summary>Policies in other systems' own syntax: imported, and each image asked about with the result; or refused with the reason.</summary>
[Collection(ImportDefinition.Name)]
public sealed class ImportTests(ImportWorld world)
{
    /// <summary>What issue 4 asks for of each system.</summary>
    private const int FewestKept = 5;

    public static TheoryData<string> Systems => [.. ImportDocument.Systems];

    public static TheoryData<string, string> Kept => ImportDocument.Kept();

    public static TheoryData<string, string> Refused => ImportDocument.Refused();

    [RealPartTheory("cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(Kept))]
    public Task Import_KeptDocument_AdmitsAndRefusesTheSameImages(string system, string name) => world.AssertKeptAsync(new ImportDocument(system, name));

    [RealPartTheory("cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(Refused))]
    public Task Import_DocumentThatCannotBeKept_IsRefusedWithItsReasons(string system, string name) => world.AssertRefusedAsync(new ImportDocument(system, name));

    [Theory]
    [MemberData(nameof(Systems))]
    public void Documents_OfEachSystem_AreKeptAndRefused(string system)
    {
        Assert.InRange(Kept.Count(row => (string)row[0] == system), FewestKept, int.MaxValue);
        Assert.Contains(Refused, row => (string)row[0] == system);
    }

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
