using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace NodeGate.Oci.Tests;

public sealed class ManifestPropertyTests
{
    private static readonly byte[] Good = Encoding.UTF8.GetBytes(
        Documents.With(Documents.Manifest, $"\"subject\":{Documents.Descriptor},\"annotations\":{{\"k\":\"\\u00e9\"}}"));

    [Fact]
    public void Parse_MutatedBytes_AreReadOrRefusedAsMalformed()
    {
        // Whatever the bytes: a manifest or a FormatException, nothing else escapes to where it would be taken for a fault of ours.
        var mutated =
            from at in Gen.Choose(0, Good.Length - 1).ArrayOf(3)
            from value in Gen.Choose(0, 255).ArrayOf(3)
            from count in Gen.Choose(1, 3)
            select Mutate(at, value, count);
        Prop.ForAll(mutated.ToArbitrary(), IsReadOrRefused).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));
    }

    [Fact]
    public void Parse_AnyBytes_AreRefusedAsMalformed() => Prop.ForAll<byte[]>(IsReadOrRefused).QuickCheckThrowOnFailure();

    private static byte[] Mutate(int[] at, int[] value, int count)
    {
        var bytes = (byte[])Good.Clone();
        for (var i = 0; i < count; i++)
        {
            bytes[at[i]] = (byte)value[i];
        }

        return bytes;
    }

    private static bool IsReadOrRefused(byte[] bytes)
    {
        try
        {
            return Manifest.Parse(bytes, MediaTypes.OciManifest).Config.Size >= 0;
        }
        catch (FormatException e)
        {
            return e.Message.Length is > 0 and < 1_000;
        }
    }
}
