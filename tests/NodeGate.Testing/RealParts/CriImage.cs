namespace NodeGate.Testing.RealParts;

/// <summary>runtime.v1.Image, the fields that tests look at.</summary>
public sealed record CriImage(string Id, IReadOnlyList<string> RepoTags, IReadOnlyList<string> RepoDigests, ulong Size, long? Uid, string UserName, bool Pinned)
{
    public static CriImage From(ProtoFields image) => new(
        image.Text(1), image.Texts(2), image.Texts(3), image.Number(4), (long?)image.Message(5)?.Number(1), image.Text(6), image.Number(8) != 0);
}
