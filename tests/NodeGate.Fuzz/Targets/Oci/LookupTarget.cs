using System.Text;
using System.Text.RegularExpressions;
using NodeGate.Fuzz.Engine;
using NodeGate.Oci;
using NodeGate.Oci.Tests;

namespace NodeGate.Fuzz.Targets.Oci;

/// <summary>Oracle: a second definition by regular expressions agrees on all three meanings that a text can have to containerd.</summary>
internal sealed partial class LookupTarget : IFuzzTarget
{
    public string Name => "oci-lookup";

    public IReadOnlyList<Type> Parsers => [typeof(ImageLookup)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        "sha256:" + new string('a', 64), new string('a', 64), "abc", "sha256:", "sha384:" + new string('b', 96), "sha512:0123", "nginx", "deadbeef:v1", new string('f', 128));

    public string Check(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var found = ImageLookup.Of(text);
        var id = Complete().Match(text);
        var expectedId = !id.Success ? null : text.Length == 64 ? "sha256:" + text : text;
        FuzzFailure.UnlessEqual(expectedId, found.Id?.ToString(), "a complete digest, and only that, is an image ID");
        var isSha384 = Sha384().IsMatch(text);
        FuzzFailure.UnlessEqual(
            expectedId is null && !isSha384 ? ReferenceOracle.Normalise(text) : null, found.Reference?.ToString(), "two parsers agree on the name that is looked for");
        var prefix = Beginning().Match(text);
        FuzzFailure.UnlessEqual(
            expectedId is null && prefix.Success ? prefix.Groups["hex"].Value : null, found.IdPrefix, "two parsers agree on the beginning of an ID");
        return $"{found.Id?.Algorithm} {found.Reference is not null} {found.IdPrefix?.Length > 0}";
    }

    [GeneratedRegex(@"\A(?:[0-9a-f]{64}|sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Complete();

    [GeneratedRegex(@"\Asha384:[0-9a-f]{96}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Sha384();

    [GeneratedRegex(@"\A(?:(?:sha256|sha384|sha512):(?<hex>[0-9a-f]{1,128})|(?<hex>[0-9a-f]{0,128}))\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Beginning();
}
