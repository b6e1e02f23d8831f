using System.Net.Security;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using NodeGate.Webhook.Serving;

namespace NodeGate.Webhook.Certificates;

/// <summary>
/// A certificate with its chain and its key from PEM files, as cert-manager, a mounted Secret or an administrator leaves them. The content
/// itself is compared every second: it is small, and no swapped link and no kept time can hide a change of it. What cannot be used is told
/// once and changes nothing: the last good pair is served on.
/// </summary>
public sealed class FileCertificates : IServerCertificates
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly string _certificatePath;
    private readonly string _keyPath;
    private readonly TimeProvider _time;
    private readonly ILogger<FileCertificates> _logger;
    private byte[] _seen = [];
    private Served? _served;
    private volatile string? _problem;

    /// <summary>Reads the files once, so that a server that starts now has its certificate.</summary>
    public FileCertificates(string certificatePath, string keyPath, TimeProvider time, ILogger<FileCertificates> logger)
    {
        _certificatePath = certificatePath;
        _keyPath = keyPath;
        _time = time;
        _logger = logger;
        Look();
    }

    /// <inheritdoc/>
    public SslStreamCertificateContext? Current => Volatile.Read(ref _served)?.Context;

    /// <inheritdoc/>
    public DateTimeOffset? Expires => Volatile.Read(ref _served)?.Expires;

    /// <inheritdoc/>
    public string? Problem => _problem;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, _time, cancellationToken);
            Look();
        }
    }

    private void Look()
    {
        try
        {
            var certificate = PemFile.Read(_certificatePath);
            var key = PemFile.Read(_keyPath);
            // A mounted Secret changes by one swap of a link. Where that fell between the two, they are of two renewals.
            if (!certificate.AsSpan().SequenceEqual(PemFile.Read(_certificatePath)))
            {
                return;
            }

            byte[] seen = [.. SHA256.HashData(certificate), .. SHA256.HashData(key)];
            if (!seen.AsSpan().SequenceEqual(_seen))
            {
                Take(certificate, key);
                _seen = seen;
            }

            Report(_served!.Expires <= _time.GetUtcNow()
                ? $"The certificate '{_certificatePath}' ended at {_served.Expires:u}; renew it: the new one is taken up within a second."
                : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report($"{e.Message} Expected the certificate chain and its key in PEM at the paths of 'webhook.certificate' and 'webhook.key'.");
        }
        catch (CryptographicException e)
        {
            Report(e.Message);
        }
    }

    private void Take(byte[] certificate, byte[] key)
    {
        var pair = CertificatePair.Parse(certificate, key, $"'{_certificatePath}' and '{_keyPath}'");
        var context = pair.ToContext();
        if (_served is { } before && before.Expires > _time.GetUtcNow() && pair.Expires <= _time.GetUtcNow())
        {
            throw new CryptographicException($"The new certificate in '{_certificatePath}' ended at {pair.Expires:u} already; the one before it stays in use.");
        }

        if (_served?.Context.TargetCertificate.Thumbprint != pair.Leaf.Thumbprint)
        {
            CertificateLog.Taken(_logger, pair.Leaf.SerialNumber, pair.Expires.ToString("u"));
        }

        Volatile.Write(ref _served, new Served(context, pair.Expires));
    }

    private void Report(string? problem)
    {
        if (problem is not null && problem != _problem)
        {
            CertificateLog.Problem(_logger, problem);
        }

        _problem = problem;
    }

    private sealed record Served(SslStreamCertificateContext Context, DateTimeOffset Expires);
}
