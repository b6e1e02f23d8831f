using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Webhook.Kubernetes;

/// <summary>The credentials of one pod specification. Held for one review, never logged.</summary>
public sealed class PullKeyring
{
    private readonly Func<ImageReference, ImmutableArray<RegistryCredential>> _find;

    /// <summary>Creates it from the search in its entries and from what could not be read.</summary>
    public PullKeyring(Func<ImageReference, ImmutableArray<RegistryCredential>> find, ImmutableArray<string> problems)
    {
        ArgumentNullException.ThrowIfNull(find);
        _find = find;
        Problems = problems;
    }

    /// <summary>No credentials, and nothing that went wrong.</summary>
    public static PullKeyring Empty { get; } = new(_ => [], []);

    /// <summary>One sentence each, with the fix, for what could not be read; no secret is in them.</summary>
    public ImmutableArray<string> Problems { get; }

    /// <summary>The credentials that the kubelet would try for <paramref name="image"/>, in its order. None: without credentials.</summary>
    public ImmutableArray<RegistryCredential> For(ImageReference image) => _find(image);

    /// <inheritdoc/>
    public override string ToString() => "PullKeyring (hidden)";
}
