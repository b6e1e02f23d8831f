using NodeGate.Host.Trust;
using NodeGate.Verification.Tuf;

namespace NodeGate.Host.Tests.Trust;

public sealed class BuiltInTrustTests
{
    [Fact]
    public void TrustedRoot_IsThereOrSaysWhyNot()
    {
        if (BuiltInTrust.TrustedRoot.Error is null)
        {
            Assert.True(BuiltInTrust.TrustedRoot.Content.Span.IndexOf("\"tlogs\""u8) > 0);
            Assert.NotNull(TufRoleState.Read("root", BuiltInTrust.PinnedRoot.Content.Span));
        }
        else
        {
            Assert.Contains("run 'make tools' before the build", BuiltInTrust.TrustedRoot.Error, StringComparison.Ordinal);
        }
    }
}
