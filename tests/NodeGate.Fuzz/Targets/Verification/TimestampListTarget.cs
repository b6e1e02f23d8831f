using System.Buffers.Binary;
using NodeGate.Fuzz.Engine;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Strict;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>Lists of SCTs (RFC 6962 section 3.3). Oracle: a list is written again in the same bytes.</summary>
internal sealed class TimestampListTarget : IFuzzTarget
{
    public string Name => "sct-list";

    public IReadOnlyList<Type> Parsers => [typeof(CertificateTimestamp), typeof(SignedCertificateTimestamps)];

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            byte[] one = [0, .. new byte[32], 0, 0, 1, 0x90, 1, 2, 3, 4, 0, 0, 4, 3, .. Sized([0x30, 6, 2, 1, 1, 2, 1, 1])];
            yield return Sized(Sized(one));
            yield return Sized([.. Sized(one), .. Sized([0, .. new byte[40], .. Sized([9, 9]), 4, 1, .. Sized(new byte[256])])]);
        }
    }

    public string Check(byte[] input)
    {
        try
        {
            var list = CertificateTimestamp.ReadList(input);
            FuzzFailure.UnlessSame(Sized([.. list.SelectMany(Write)]), input, "a list of SCTs has one encoding");
            return $"{Outcome.Magnitude(list.Count)}, extensions {list.Any(sct => !sct.Extensions.IsEmpty)}, {list[0].HashAlgorithm < 7} {list[0].SignatureAlgorithm < 4}, {list[0].Time.Year / 1000}";
        }
        catch (EvidenceFormatException e)
        {
            return Outcome.Refused(e.Message);
        }
    }

    private static byte[] Write(CertificateTimestamp sct)
    {
        var time = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, sct.Milliseconds);
        return Sized([0, .. sct.LogId.Span, .. time, .. Sized(sct.Extensions.ToArray()), sct.HashAlgorithm, sct.SignatureAlgorithm, .. Sized(sct.Signature.ToArray())]);
    }

    private static byte[] Sized(byte[] bytes) => [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
}
