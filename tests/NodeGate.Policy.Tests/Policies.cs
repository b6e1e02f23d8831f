using System.Text;
using NodeGate.Oci;
using NodeGate.Testing.Signing;

namespace NodeGate.Policy.Tests;

/// <summary>Loads policies from text, with key files that exist only here.</summary>
internal static class Policies
{
    public const string Head = "apiVersion: nodegate.dev/v1\nkind: ImagePolicy\nmetadata: {name: test}\n";

    public static readonly Digest A = Digest.Of("a"u8);
    public static readonly Digest B = Digest.Of("b"u8);

    /// <summary>Three keys that every test may name: <c>one.pub</c>, <c>two.pub</c>, <c>three.pub</c>.</summary>
    public static readonly SigningKey One = SigningKey.Create();
    public static readonly SigningKey Two = SigningKey.Create();
    public static readonly SigningKey Three = SigningKey.Create();

    /// <summary>Authorities <c>one</c>, <c>two</c>, <c>three</c> with a key each, and <c>team</c> with the first two.</summary>
    public const string Authorities =
        "authorities:\n"
        + "  - {name: one, cosign: {keys: [{file: one.pub}]}}\n"
        + "  - {name: two, cosign: {keys: [{file: two.pub}]}}\n"
        + "  - {name: three, cosign: {keys: [{file: three.pub}]}}\n"
        + "  - {name: team, cosign: {keys: [{file: one.pub}, {file: two.pub}]}}\n";

    public static PolicyLoadResult Load(params string[] files) => LoadWith(new KeyFiles(), files);

    public static PolicyLoadResult LoadWith(IKeyFiles keys, params string[] files) =>
        PolicyLoader.Load([.. files.Select((text, i) => new PolicyFile($"{(char)('a' + i)}.yaml", Encoding.UTF8.GetBytes(text)))], keys);

    public static PolicyModel Model(params string[] files)
    {
        var result = Load(files);
        Assert.True(result.IsLoaded, string.Join('\n', result.Errors));
        return result.Model;
    }

    /// <summary>A policy of one document with <paramref name="body"/> below the head.</summary>
    public static PolicyModel Of(string body) => Model(Head + body);

    /// <summary>The one error of a document with <paramref name="body"/> below the head.</summary>
    public static PolicyError ErrorOf(string body)
    {
        var result = Load(Head + body);
        Assert.False(result.IsLoaded);
        return Assert.Single(result.Errors);
    }

    public static ImageReference Ref(string text) => ImageReference.Parse(text);

    internal sealed class KeyFiles : IKeyFiles
    {
        public KeyFile Read(string policyPath, string file) => file switch
        {
            "one.pub" => KeyFile.Found(Encoding.UTF8.GetBytes(One.PublicPem)),
            "two.pub" => KeyFile.Found(Encoding.UTF8.GetBytes(Two.PublicPem)),
            "three.pub" => KeyFile.Found(Encoding.UTF8.GetBytes(Three.PublicPem)),
            "one-again.pub" => KeyFile.Found(One.PublicDer),
            "private.key" => KeyFile.Found("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"u8.ToArray()),
            _ => KeyFile.Unreadable("no such file"),
        };
    }
}
