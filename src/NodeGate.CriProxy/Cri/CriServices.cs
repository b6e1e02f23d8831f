namespace NodeGate.CriProxy.Cri;

/// <summary>The paths of the two CRI services under their two package names, each up to the name of the method.</summary>
internal static class CriServices
{
    public const string ImageV1 = "/runtime.v1.ImageService/";
    public const string ImageV1Alpha2 = "/runtime.v1alpha2.ImageService/";
    public const string RuntimeV1 = "/runtime.v1.RuntimeService/";
    public const string RuntimeV1Alpha2 = "/runtime.v1alpha2.RuntimeService/";

    /// <summary>The ImageService of the package that <paramref name="path"/> belongs to: containerd 2.x has only one of the two.</summary>
    public static string ImageServiceOf(string path) => IsAlpha(path) ? ImageV1Alpha2 : ImageV1;

    /// <summary>The RuntimeService of the package that <paramref name="path"/> belongs to.</summary>
    public static string RuntimeServiceOf(string path) => IsAlpha(path) ? RuntimeV1Alpha2 : RuntimeV1;

    private static bool IsAlpha(string path) => path.StartsWith("/runtime.v1alpha2.", StringComparison.Ordinal);
}
