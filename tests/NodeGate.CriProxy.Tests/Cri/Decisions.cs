using System.Runtime.CompilerServices;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.CriProxy.Tests.Cri;

/// <summary>Decisions as the policy room makes them. Only that room can; these tests are about what follows from one.</summary>
internal static class Decisions
{
    public static Decision.Admitted Admitted(string image, string? digest) => NewAdmitted(
        Basis(image, digest), DecisionReason.Verified, "verified", NewPermit(ImageReference.Parse(image), digest is null ? null : Digest.Parse(digest)), null);

    public static Decision.Denied Denied(string image, DecisionReason reason, string message) => NewDenied(Basis(image, null), reason, message);

    public static Decision.Undetermined Undetermined(string image, DecisionReason reason, string message) =>
        NewUndetermined(Basis(image, null), reason, message);

    private static DecisionBasis Basis(string image, string? digest) =>
        new(image, null, digest is null ? null : Digest.Parse(digest), "default", "rule", PolicyMode.Enforce, "r1");

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern AdmittedImage NewPermit(ImageReference reference, Digest? digest);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern Decision.Admitted NewAdmitted(
        DecisionBasis basis, DecisionReason reason, string message, AdmittedImage image, Decision? observed);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern Decision.Denied NewDenied(DecisionBasis basis, DecisionReason reason, string message);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern Decision.Undetermined NewUndetermined(DecisionBasis basis, DecisionReason reason, string message);
}
