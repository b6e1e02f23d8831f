using System.Text;
using System.Text.RegularExpressions;
using NodeGate.Fuzz.Engine;
using NodeGate.Oci;

namespace NodeGate.Fuzz.Targets.Oci;

/// <summary>Oracles: the grammar as a regular expression agrees; text and hash are the same digest.</summary>
internal sealed partial class DigestTarget : IFuzzTarget
{
    public string Name => "oci-digest";

    public IReadOnlyList<Type> Parsers => [typeof(Digest)];

    public IEnumerable<byte[]> Seeds => Text.Each("sha256:" + new string('0', 64), "sha512:" + new string('f', 128), "SHA256:" + new string('A', 64), "sha384:" + new string('1', 96));

    public string Check(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var accepted = Digest.TryParse(text, out var digest);
        FuzzFailure.UnlessEqual(Grammar().IsMatch(text), accepted, "two parsers agree on a digest");
        if (digest is not null)
        {
            FuzzFailure.UnlessEqual(text, digest.ToString(), "a digest has one text");
            FuzzFailure.UnlessEqual(digest, Digest.FromHash(digest.Algorithm, digest.ToHash()), "hash and text are one digest");
        }

        return $"{accepted} {digest?.Algorithm}";
    }

    [GeneratedRegex(@"\A(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Grammar();
}
