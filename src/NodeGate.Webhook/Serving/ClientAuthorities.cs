using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using NodeGate.Webhook.Certificates;

namespace NodeGate.Webhook.Serving;

/// <summary>
/// The certificate authorities whose clients may ask for reviews: those of one file and no others. The file is looked at again at handshakes, at most
/// every second; a bad one keeps the last good one.
/// </summary>
internal sealed class ClientAuthorities
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private byte[] _content;
    private X509Certificate2Collection _certificates;
    private string? _problem;
    private long _lookedAt;

    private ClientAuthorities(string path, TimeProvider time, ILogger logger)
    {
        _path = path;
        _time = time;
        _logger = logger;
        _content = PemFile.Read(path);
        _certificates = Parse(_content, path);
        _lookedAt = time.GetTimestamp();
        ServingLog.ClientAuthoritiesRead(logger, _certificates.Count, path);
    }

    /// <summary>Reads <paramref name="path"/>.</summary>
    /// <exception cref="IOException">It cannot be read, or has no certificates.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static ClientAuthorities Open(string path, TimeProvider time, ILogger logger) => new(path, time, logger);

    /// <summary>What a client's certificate is judged by at this moment.</summary>
    internal X509ChainPolicy ChainPolicy() => PrivateTrust.In(Current());

    private X509Certificate2Collection Current()
    {
        lock (_gate)
        {
            if (_time.GetElapsedTime(_lookedAt) >= LookAgainAfter)
            {
                _lookedAt = _time.GetTimestamp();
                LookAgain();
            }

            return _certificates;
        }
    }

    private void LookAgain()
    {
        try
        {
            var content = PemFile.Read(_path);
            if (!content.AsSpan().SequenceEqual(_content))
            {
                _certificates = Parse(content, _path);
                _content = content;
                ServingLog.ClientAuthoritiesRead(_logger, _certificates.Count, _path);
            }

            _problem = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Said once for each problem, not once a second.
            if (_problem != e.Message)
            {
                _problem = e.Message;
                ServingLog.ClientAuthoritiesRejected(_logger, e.Message);
            }
        }
    }

    private static X509Certificate2Collection Parse(byte[] content, string path)
    {
        try
        {
            var certificates = CertificatePair.ParseCertificates(content, path);
            return certificates.Count > 0
                ? certificates
                : throw new IOException($"{path}: found no certificate; expected certificate authorities in PEM");
        }
        catch (CryptographicException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
