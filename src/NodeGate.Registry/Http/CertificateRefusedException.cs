using System.Net.Security;
using System.Security.Authentication;

namespace NodeGate.Registry.Http;

/// <summary>
/// The server spoke TLS and its certificate was refused. A type of its own, because only a server that speaks no TLS at all may be
/// spoken to over http instead; falling back here would hand a machine in the middle the plain text.
/// </summary>
internal sealed class CertificateRefusedException(SslPolicyErrors errors) : AuthenticationException(errors.ToString())
{
    internal SslPolicyErrors Errors { get; } = errors;
}
