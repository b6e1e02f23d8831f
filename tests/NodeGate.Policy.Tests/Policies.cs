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

    /// <summary>The time of every match that is not about time.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

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

    public static PolicyLoadResult LoadWith(IPolicyFiles keys, params string[] files) =>
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

    /// <summary>The files that policies name; <paramref name="Fetched"/> is what TUF has brought, null where nothing.</summary>
    internal sealed record KeyFiles(byte[]? Fetched = null, byte[]? BuiltIn = null) : IPolicyFiles
    {
        public FileContent Read(string policyPath, string file, int maxBytes) => file switch
        {
            "one.pub" or "/one.pub" => Text(One.PublicPem),
            "two.pub" or "/two.pub" => Text(Two.PublicPem),
            "three.pub" => Text(Three.PublicPem),
            "one-again.pub" => FileContent.Found(One.PublicDer),
            "private.key" => Text("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"),
            "root.json" => FileContent.Found(TrustFiles.Json()),
            "two-logs.json" => FileContent.Found(TrustFiles.Json(logs: 2)),
            "no-authorities.json" => FileContent.Found(TrustFiles.Json(authorities: 0)),
            "no-logs.json" => FileContent.Found(TrustFiles.Json(logs: 0)),
            "no-timestamps.json" => FileContent.Found(TrustFiles.Json(timestamps: 0)),
            "tuf-root.json" or "other-tuf-root.json" => Text(file),
            "root.pem" => Text(TrustFiles.RootPem),
            "chain.pem" => Text(TrustFiles.ChainPem),
            "reversed.pem" => Text(TrustFiles.ReversedPem),
            _ => FileContent.Unreadable("no such file"),
        };

        public FileContent ReadBuiltIn(string name) => BuiltIn is null ? FileContent.Found(TrustFiles.Json()) : FileContent.Found(BuiltIn);

        public FileContent ReadBuiltInTufRoot(string name) => Text("built-in tuf root");

        public FileContent ReadFetched(TufSource source) => Fetched is null ? FileContent.Unreadable("it was never fetched") : FileContent.Found(Fetched);

        private static FileContent Text(string text) => FileContent.Found(Encoding.UTF8.GetBytes(text));
    }
}
