using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeGate.Registry.Hosts;

namespace NodeGate.Registry.Http;

/// <summary>Loads the certificate files of hosts, once for each content.</summary>
internal sealed class TlsSetups
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TlsSetup> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ImmutableArray<FileStamp> Stamps, TlsSetup Setup)> _byFiles = new(StringComparer.Ordinal);

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file holds no certificate or key.</exception>
    internal TlsSetup Load(HostConfig config)
    {
        ImmutableArray<string> files =
            [.. config.CaFiles, .. config.ClientPairs.SelectMany(pair => pair.KeyFile is { } key ? [pair.CertificateFile, key] : new[] { pair.CertificateFile })];
        var name = $"{config.SkipVerify} {config.DialTimeout} {config.CaFiles.Length}\n{string.Join('\n', files)}";
        lock (_lock)
        {
            if (_byFiles.TryGetValue(name, out var known) && known.Stamps.All(stamp => stamp.IsCurrent()))
            {
                return known.Setup;
            }

            ImmutableArray<FileStamp> stamps = [.. files.Select(FileStamp.Of)];
            var setup = Read(config);
            if (_byFiles.Count >= RegistryLimits.MaxCachedHostFiles)
            {
                _byFiles.Clear();
                _byKey.Clear();
            }

            _byFiles[name] = (stamps, setup);
            return setup;
        }
    }

    private TlsSetup Read(HostConfig config)
    {
        var dialTimeout = config.DialTimeout ?? RegistryLimits.ConnectTimeout;
        var skipVerify = config.SkipVerify == true;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Encoding.UTF8.GetBytes($"{skipVerify} {dialTimeout.Ticks} {config.CaFiles.Length}"));
        var authorities = config.CaFiles.Select(file => ReadFile(file, hash)).ToList();
        var clients = config.ClientPairs
            .Select(pair => (Certificate: ReadFile(pair.CertificateFile, hash), Key: pair.KeyFile is { } key ? ReadFile(key, hash) : null, pair.CertificateFile))
            .ToList();
        var identity = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (_byKey.TryGetValue(identity, out var known))
        {
            return known;
        }

        var setup = new TlsSetup(
            identity,
            [.. authorities.SelectMany((pem, i) => LoadAuthorities(pem, config.CaFiles[i]))],
            [.. clients.Select(client => LoadClient(client.Certificate, client.Key ?? client.Certificate, client.CertificateFile))],
            skipVerify,
            dialTimeout);
        _byKey[identity] = setup;
        return setup;
    }

    private static byte[] ReadFile(string path, IncrementalHash hash)
    {
        var content = NodeFile.Read(path, RegistryLimits.MaxCertificateFileBytes);
        Append(hash, content);
        return content;
    }

    private static void Append(IncrementalHash hash, byte[] content)
    {
        // With its length, so that two files can never be told as one.
        hash.AppendData(BitConverter.GetBytes(content.LongLength));
        hash.AppendData(content);
    }

    private static X509Certificate2Collection LoadAuthorities(byte[] pem, string path)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Encoding.UTF8.GetString(pem));
        return certificates.Count > 0 ? certificates : throw new CryptographicException($"'{path}' holds no PEM certificate.");
    }

    private static X509Certificate2 LoadClient(byte[] certificate, byte[] key, string path)
    {
        try
        {
            return X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(certificate), Encoding.UTF8.GetString(key));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CryptographicException($"'{path}' and its key are no usable client certificate in PEM.", e);
        }
    }
}
