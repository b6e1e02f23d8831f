using NodeGate.Testing.RealParts;
using NodeGate.Testing.Sigstore;
using NodeGate.Testing.Sigstore.Services;

namespace NodeGate.Demo;

/// <summary>A private Sigstore on the loopback, and cosign 3.1 that signs with it.</summary>
internal sealed class DemoSigstore : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly VirtualSigstoreServer _services;
    private readonly KeylessCosign _cosign;

    private DemoSigstore(TestFolder folder, VirtualSigstoreServer services)
    {
        _folder = folder;
        _services = services;
        var files = VirtualSigstoreFiles.Write(folder, services.Sigstore);
        TrustedRoot = files.TrustedRoot;
        _cosign = new KeylessCosign(3, services, files, folder);
    }

    /// <summary>The file that the policy names.</summary>
    internal string TrustedRoot { get; }

    internal static async Task<DemoSigstore> StartAsync() =>
        new(TestFolder.Create(), await VirtualSigstoreServer.StartAsync(VirtualSigstore.Default, TimeProvider.System));

    /// <summary>Signs as the release workflow, or as the person with the mail address.</summary>
    internal Task SignAsync(string reference, string? email) => _cosign.SignAsync(reference, email);

    public async ValueTask DisposeAsync()
    {
        await _cosign.DisposeAsync();
        await _services.DisposeAsync();
        await _folder.DisposeAsync();
    }
}
