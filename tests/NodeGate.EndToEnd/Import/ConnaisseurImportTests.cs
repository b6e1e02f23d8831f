using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Import;

/// <summary>Connaisseur: keys, identities of a private Sigstore, thresholds and static validators, asked about images that cosign signed.</summary>
[Collection(ImportDefinition.Name)]
public sealed class ConnaisseurImportTests(ImportWorld world)
{
    private const string System = "connaisseur";

    public static TheoryData<string> Kept => ImportDocument.Kept(System);

    public static TheoryData<string> Refused => ImportDocument.Refused(System);

    [RealPartTheory("cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(Kept))]
    public Task Import_KeptDocument_AdmitsAndRefusesTheSameImages(string name) => world.AssertKeptAsync(new ImportDocument(System, name));

    [RealPartTheory("cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(Refused))]
    public Task Import_DocumentThatCannotBeKept_IsRefusedWithItsReasons(string name) => world.AssertRefusedAsync(new ImportDocument(System, name));
}
