using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using NodeGate.Oci;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Tests.Logs;
using NodeGate.Verification.Timestamps;

namespace NodeGate.Verification.Tests.Timestamps;

/// <summary>
/// Each byte of a timestamp changed. It never throws; and where it verifies still (its status says "granted with modifications" then, for
/// instance), authority and time are what they were, and the framework's reader agrees.
/// </summary>
[Trait("Category", "Property")]
public sealed class MutatedTimestampTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void VerifyAll_EachByteChanged_VerifiedOnlyWithTheSameTimeAndWhereTheFrameworkAgrees(bool embedCertificate)
    {
        var good = TimestampTests.Stamp(new() { EmbedCertificate = embedCertificate });
        var changed = good.ToArray();
        var verified = 0;
        var alone = new List<int>();
        for (var i = 0; i < good.Length; i++)
        {
            changed[i] ^= (byte)(1 << (i % 8));
            var rejected = TimestampTests.Verify([changed.ToArray()], LogSample.Root, out var times);
            Assert.True(rejected is null or { Reason: DecisionReason.TimestampInvalid }, $"byte {i}: {rejected?.Reason}");
            // A changed name makes it a stranger's, which counts for nothing.
            if (rejected is null && !times.IsEmpty)
            {
                verified++;
                Assert.Equal(VirtualSigstore.SigningTime, Assert.Single(times).Time);
                // A certificate in it that was damaged is not the signer's, and that of the trust root is meant; the framework gives up there.
                if (!embedCertificate && !FrameworkVerifies(changed))
                {
                    alone.Add(i);
                }
            }

            changed[i] = good[i];
        }

        Assert.Empty(alone);
        // The status, versions and the list of hashes are not under the signature; nor is a certificate.
        Assert.InRange(verified, 1, embedCertificate ? good.Length / 2 : 40);
    }

    [Fact]
    public void VerifyAll_Truncated_Rejected()
    {
        var good = TimestampTests.Stamp();
        for (var length = 0; length < good.Length; length += 7)
        {
            Assert.Equal(DecisionReason.TimestampInvalid, TimestampTests.Verify([good[..length]], LogSample.Root, out _)!.Reason);
        }
    }

    private static bool FrameworkVerifies(byte[] response)
    {
        var token = TimestampResponse.ReadToken(response);
        return Rfc3161TimestampToken.TryDecode(token, out var decoded, out _)
            && decoded!.VerifySignatureForData(
                TimestampTests.Signature, out _, [X509CertificateLoader.LoadCertificate(VirtualSigstore.Default.Tsa.Leaf)]);
    }
}
