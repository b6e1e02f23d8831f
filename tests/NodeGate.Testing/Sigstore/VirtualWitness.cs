using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>A witness (C2SP tlog-cosignature): it saw the checkpoint, which says nothing about the log's own signature.</summary>
public sealed class VirtualWitness(string name)
{
    private readonly Ed25519SigningKey _key = new(RandomNumberGenerator.GetBytes(32));

    internal string Line(string text, DateTimeOffset time)
    {
        var seconds = time.ToUnixTimeSeconds();
        var stamp = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(stamp, seconds);
        var hint = SHA256.HashData([.. Encoding.UTF8.GetBytes(name), 0x0a, 0x04, .. _key.PublicPoint])[..4];
        var signature = _key.Sign(Encoding.UTF8.GetBytes($"cosignature/v1\ntime {seconds}\n{text}"));
        return SignedNote.Line(name, hint, [.. stamp, .. signature]);
    }
}
