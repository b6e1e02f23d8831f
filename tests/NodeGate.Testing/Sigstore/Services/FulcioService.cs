using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeGate.Testing.Sigstore.Services;

/// <summary>Fulcio's API: a certificate for whoever the token says the caller is. Who signed the token is not its business here.</summary>
internal static class FulcioService
{
    /// <summary><c>POST /api/v2/signingCert</c>. The token is in the request, or in the Authorization header (cosign 3).</summary>
    public static JsonObject SigningCertificateV2(VirtualSigstore sigstore, JsonNode request, string authorization, DateTimeOffset time)
    {
        var token = (string?)request["credentials"]?["oidcIdentityToken"] ?? Bearer(authorization);
        var chain = Issue(sigstore, token, KeyOf((string)request["publicKeyRequest"]!["publicKey"]!["content"]!), time);
        return new JsonObject
        {
            ["signedCertificateEmbeddedSct"] = new JsonObject
            {
                ["chain"] = new JsonObject
                {
                    ["certificates"] = new JsonArray([.. chain.Select(c => JsonValue.Create(VirtualSigstoreFiles.Pem([c])))]),
                },
            },
        };
    }

    /// <summary><c>POST /api/v1/signingCert</c>, which cosign 2 asks: the token is in the Authorization header, the answer is PEM.</summary>
    public static string SigningCertificateV1(VirtualSigstore sigstore, JsonNode request, string authorization, DateTimeOffset time)
    {
        var publicKey = KeyOf((string)request["publicKey"]!["content"]!);
        return VirtualSigstoreFiles.Pem(Issue(sigstore, Bearer(authorization), publicKey, time));
    }

    private static string Bearer(string authorization) => authorization["Bearer ".Length..];

    private static byte[][] Issue(VirtualSigstore sigstore, string token, byte[] publicKey, DateTimeOffset time)
    {
        var claims = JsonElement.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]));
        var name = claims.TryGetProperty("email", out var email)
            ? GeneralName.Email(email.GetString()!)
            : GeneralName.Uri(claims.GetProperty("sub").GetString()!);
        var leaf = sigstore.Ca.Leaf(publicKey, [name], claims.GetProperty("iss").GetString()!, time);
        return [sigstore.Ca.Issue(leaf, sigstore.CtLog, SctOptions.Default), .. sigstore.Ca.Chain];
    }

    // PEM, as the JavaScript client sends it, or once more in base64, as cosign does.
    private static byte[] KeyOf(string content)
    {
        var pem = content.StartsWith("-----", StringComparison.Ordinal) ? content : Encoding.ASCII.GetString(Convert.FromBase64String(content));
        return Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
    }

    /// <summary>A token as an identity provider would give it, with a signature that nobody looks at.</summary>
    public static string Token(string issuer, string subject, string? email, DateTimeOffset time)
    {
        var claims = new JsonObject
        {
            ["iss"] = issuer,
            ["sub"] = subject,
            ["aud"] = "sigstore",
            ["iat"] = time.ToUnixTimeSeconds(),
            ["exp"] = time.AddHours(1).ToUnixTimeSeconds(),
        };
        if (email is not null)
        {
            claims["email"] = email;
            claims["email_verified"] = true;
        }

        return $"{Part(new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT" })}.{Part(claims)}.{Base64Url.EncodeToString("unsigned"u8)}";
    }

    private static string Part(JsonObject value) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(value.ToJsonString()));
}
