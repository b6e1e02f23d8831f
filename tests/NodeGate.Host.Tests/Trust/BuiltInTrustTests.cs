using NodeGate.Host.Trust;
using NodeGate.Verification.Tuf;

namespace NodeGate.Host.Tests.Trust;

public sealed class BuiltInTrustTests
{
    [Fact]
    public void TrustedRoot_IsThereOrSaysWhyNot()
    {
        if (BuiltInTrust.TrustedRoot.TrustedRoot is { } trustedRoot)
        {
            Assert.True(trustedRoot.AsSpan().IndexOf("\"tlogs\""u8) > 0);
            Assert.NotNull(TufRoleState.Read("root", BuiltInTrust.PinnedRoot));
        }
        else
        {
            Assert.Contains("run 'make tools' before the build", BuiltInTrust.TrustedRoot.Problem, StringComparison.Ordinal);
        }
    }
}
