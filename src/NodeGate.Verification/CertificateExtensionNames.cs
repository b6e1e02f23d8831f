using System.Collections.Immutable;

namespace NodeGate.Verification;

/// <summary>The names of Fulcio's certificate extensions (fulcio docs/oid-info.md) and their object identifiers.</summary>
public static class CertificateExtensionNames
{
    /// <summary>The arc of Fulcio's identifiers.</summary>
    internal const string Arc = "1.3.6.1.4.1.57264.1.";

    /// <summary>The extensions that a policy can ask for: name in lower camel case to object identifier.</summary>
    public static ImmutableSortedDictionary<string, string> All { get; } = ImmutableSortedDictionary.CreateRange(
        StringComparer.Ordinal,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["githubWorkflowTrigger"] = Arc + "2",
            ["githubWorkflowSha"] = Arc + "3",
            ["githubWorkflowName"] = Arc + "4",
            ["githubWorkflowRepository"] = Arc + "5",
            ["githubWorkflowRef"] = Arc + "6",
            ["buildSignerUri"] = Arc + "9",
            ["buildSignerDigest"] = Arc + "10",
            ["runnerEnvironment"] = Arc + "11",
            ["sourceRepositoryUri"] = Arc + "12",
            ["sourceRepositoryDigest"] = Arc + "13",
            ["sourceRepositoryRef"] = Arc + "14",
            ["sourceRepositoryIdentifier"] = Arc + "15",
            ["sourceRepositoryOwnerUri"] = Arc + "16",
            ["sourceRepositoryOwnerIdentifier"] = Arc + "17",
            ["buildConfigUri"] = Arc + "18",
            ["buildConfigDigest"] = Arc + "19",
            ["buildTrigger"] = Arc + "20",
            ["runInvocationUri"] = Arc + "21",
            ["sourceRepositoryVisibilityAtSigning"] = Arc + "22",
            ["deploymentEnvironment"] = Arc + "23",
            ["tokenSubject"] = Arc + "24",
        });
}
