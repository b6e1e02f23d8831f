using System.Collections.Immutable;

namespace NodeGate.Policy.Importing.Native;

/// <summary>Collects what rules name: authorities and trust roots, each under a name of its own.</summary>
internal sealed class NativeBook
{
    /// <summary>The trust root that is built in, and that no document has to describe.</summary>
    public const string PublicGood = BuiltInTrustRoots.PublicGood;

    private readonly NativeNames _authorityNames = new();
    private readonly NativeNames _rootNames = new();
    private readonly List<NativeAuthority> _authorities = [];
    private readonly Dictionary<string, NativeTrustRoot> _roots = new(StringComparer.Ordinal);

    public ImmutableArray<NativeAuthority> Authorities => [.. _authorities];

    public ImmutableArray<NativeTrustRoot> TrustRoots => [.. _roots.Values];

    /// <summary>Adds an authority with a name like <paramref name="wanted"/>; what names it.</summary>
    public NativeRequirement Add(string wanted, Func<string, NativeAuthority> make)
    {
        var name = _authorityNames.Unique(wanted);
        _authorities.Add(make(name));
        return new NativeRequirement.Authority(name);
    }

    /// <summary>The name of the private Sigstore with these parts; the same parts are one trust root.</summary>
    public string TrustRoot(
        string wanted, PolicyPosition origin, ImmutableArray<NativeMaterial> transparencyLogs, NativeMaterial? certificates = null, NativeMaterial? certificateLog = null)
    {
        var key = string.Join('\n', transparencyLogs.Append(certificates).Append(certificateLog).Select(m => m?.Pem ?? m?.File));
        if (!_roots.TryGetValue(key, out var root))
        {
            root = new NativeTrustRoot(_rootNames.Unique(wanted), origin)
            {
                TransparencyLogs = [.. transparencyLogs.Select((m, i) => new NativeMember(m, $"https://rekor-{i + 1}.imported.invalid"))],
                CertificateAuthorities = certificates is null ? [] : [new NativeMember(certificates, "https://fulcio.imported.invalid")],
                CertificateLogs = certificateLog is null ? [] : [new NativeMember(certificateLog, "https://ctlog.imported.invalid")],
            };
            _roots.Add(key, root);
        }

        return root.Name;
    }
}
