using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Sigstore;

/// <summary>Step <c>mediaType</c>: the versions that NodeGate knows. A later one may move what is signed, so it is not guessed at.</summary>
internal static class BundleMediaType
{
    public static Finding<BundleVersion> Check(string text)
    {
        BundleVersion? version = text switch
        {
            "application/vnd.dev.sigstore.bundle+json;version=0.1" => BundleVersion.V01,
            "application/vnd.dev.sigstore.bundle+json;version=0.2" => BundleVersion.V02,
            "application/vnd.dev.sigstore.bundle+json;version=0.3" => BundleVersion.V03,
            "application/vnd.dev.sigstore.bundle.v0.3+json" => BundleVersion.V03,
            _ => null,
        };
        // check: bundle-media-type
        if (version is null)
        {
            return Finding.Invalid<BundleVersion>($"the bundle's mediaType is {Shown.Text(text)}; versions 0.1, 0.2 and 0.3 are known");
        }

        return Finding.Pass(version.Value, text);
    }
}
