using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;

namespace NodeGate.Policy.Importing.Notation;

/// <summary>
/// The trust stores among the given files: <c>truststore/x509/TYPE/NAME/*.{crt,cer,pem}</c> of notation's configuration folder. They are written
/// into the policy, because a node has no such folder.
/// </summary>
internal sealed class NotationTrustStores(ImportContext context)
{
    private const string Folder = "truststore/x509/";
    private static readonly ImmutableArray<string> Types = ["ca", "signingAuthority", "tsa"];

    /// <summary>Whether <paramref name="file"/> is a certificate of a trust store, by its path.</summary>
    public static bool Contains(PolicyFile file) => StoreOf(file) is not null;

    /// <summary>The stores that are named <c>TYPE:NAME</c>, with their certificates.</summary>
    public ImmutableArray<NativeTrustStore> Find(ImmutableArray<Located> names) => [.. names.Select(Find).OfType<NativeTrustStore>()];

    private NativeTrustStore? Find(Located name)
    {
        var colon = name.Text.IndexOf(':', StringComparison.Ordinal);
        var type = colon < 0 ? "" : name.Text[..colon];
        var store = name.Text[(colon + 1)..];
        if (!Types.Contains(type) || store.Length == 0 || !store.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'))
        {
            context.Errors.Add(
                name.Position,
                $"the trust store {Quote.Of(name.Text)}",
                "'ca:', 'signingAuthority:' or 'tsa:', and a name of letters, digits, '_', '.' and '-'");
            return null;
        }

        ImmutableArray<NativeMaterial> certificates = [.. context.Materials.Where(f => StoreOf(f) == (type, store)).Select(f => NativeMaterial.OfPem(PemOf(f.Content.Span)))];
        if (certificates.IsEmpty)
        {
            context.Errors.Add(
                name.Position,
                $"the trust store {Quote.Of(name.Text)}, of which no certificate was given",
                $"the files {Folder}{type}/{store}/* of notation's configuration folder, as further files of this import");
            return null;
        }

        return new NativeTrustStore(type, certificates);
    }

    private static (string Type, string Name)? StoreOf(PolicyFile file)
    {
        var path = file.Path.Replace('\\', '/');
        var at = path.LastIndexOf(Folder, StringComparison.Ordinal);
        var parts = at < 0 || (at > 0 && path[at - 1] != '/') ? [] : path[(at + Folder.Length)..].Split('/');
        return parts.Length == 3 && Path.GetExtension(parts[2]) is ".crt" or ".cer" or ".pem" ? (parts[0], parts[1]) : null;
    }

    private static string PemOf(ReadOnlySpan<byte> content) =>
        content.IndexOf("-----BEGIN"u8) >= 0 ? Encoding.UTF8.GetString(content) : PemEncoding.WriteString("CERTIFICATE", content);
}
