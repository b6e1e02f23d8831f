using FsCheck;
using FsCheck.Fluent;

namespace NodeGate.Oci.Tests;

/// <summary>Texts near the grammar of references: random text would never reach a digest.</summary>
internal static class ReferenceGenerators
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly string[] Pieces =
    [
        "a", "b0", "lib", "library", "nginx", "A", "Foo", "docker.io", "index.docker.io", "localhost", "LOCALHOST", "ghcr.io", "GHCR.io",
        "/", "/", "/", ":", ":", "@", ".", "-", "_", "__", "--", "5000", "0", "65535", "65536", ":80/", ":443/", "[::1]", "[::1]:5000/", "[", "]",
        "[A]", "[2001:DB8::1]", "sha256:", "sha512:", "@sha256:", Hex, Hex + Hex, "@sha256:" + Hex, "@sha512:" + Hex + Hex, ":latest", ":v1.0",
        " ", "\n", "\0", "é", "\u017F", "\u212A", "\uD800", "%", "+", "127.0.0.1", "127.0.0.1:5000/", "127.1", "0x7f.1/",
    ];

    private static readonly string[] Registries = ["", "docker.io/", "index.docker.io/", "ghcr.io/", "localhost/", "r:5000/", "[::1]:5000/", "Foo/"];
    private static readonly string[] Repositories = ["a", "a/b", "org/app", "a.b-c_d__e", "library/nginx", "a--b/c", Hex];
    private static readonly string[] Tags = ["", ":latest", ":v1", ":_x", ":" + new string('t', 128)];
    private static readonly string[] Digests = ["", "", "@sha256:" + Hex, "@sha512:" + Hex + Hex];

    /// <summary>Any concatenation of pieces of references.</summary>
    internal static Arbitrary<string> Jumbled { get; } = Gen.Choose(1, 8)
        .SelectMany(count => Gen.Elements(Pieces).ArrayOf(count)).Select(string.Concat).ToArbitrary();

    /// <summary>A good reference, in which up to two characters are then changed, removed or put in.</summary>
    internal static Arbitrary<string> Mutated { get; } = (
        from registry in Gen.Elements(Registries)
        from repository in Gen.Elements(Repositories)
        from tag in Gen.Elements(Tags)
        from digest in Gen.Elements(Digests)
        from changes in Gen.Choose(0, 2)
        from at in Gen.Choose(0, 1_000_000).ArrayOf(2)
        from how in Gen.Choose(0, 2).ArrayOf(2)
        from what in Gen.Elements("az09AZ/:@.-_[]fg \n".ToCharArray()).ArrayOf(2)
        select Mutate(registry + repository + tag + digest, changes, at, how, what)).ToArbitrary();

    private static string Mutate(string text, int changes, int[] at, int[] how, char[] what)
    {
        for (var i = 0; i < changes && text.Length > 0; i++)
        {
            // Half of the changes go to the first characters, where the registry is told from the repository.
            var index = at[i] % 2 == 0 ? at[i] % text.Length : at[i] % Math.Min(text.Length, 16);
            text = how[i] switch
            {
                0 => text.Remove(index, 1),
                1 => text.Insert(index, what[i].ToString()),
                _ => text.Remove(index, 1).Insert(index, what[i].ToString()),
            };
        }

        return text;
    }
}
