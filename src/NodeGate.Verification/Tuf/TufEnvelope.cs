using System.Collections.Immutable;
using System.Globalization;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tuf;

/// <summary>A metadata file (TUF specification 4.2.1): what is signed, and signatures that nobody verified yet.</summary>
internal sealed class TufEnvelope
{
    private TufEnvelope(string name, StrictNode signed, ImmutableArray<(string KeyId, byte[] Signature)> signatures)
    {
        Name = name;
        Signed = signed;
        Signatures = signatures;
        Canonical = CanonicalJson.Encode(signed.Element);
        Version = signed.Required("version").Count();
        // check: tuf-version
        if (Version == 0)
        {
            throw signed.Wrong("has the version 0; versions begin with 1");
        }

        Expires = signed.Required("expires").Time();
    }

    /// <summary>The file's name, for messages.</summary>
    public string Name { get; }

    public StrictNode Signed { get; }

    public ImmutableArray<(string KeyId, byte[] Signature)> Signatures { get; }

    /// <summary>The bytes that are signed.</summary>
    public byte[] Canonical { get; }

    public long Version { get; }

    public DateTimeOffset Expires { get; }

    public TufRoleState State => new(Version, Expires);

    public static TufEnvelope Read(string name, string type, ReadOnlySpan<byte> file)
    {
        var document = StrictJson.Parse(file);
        var signed = document.Required("signed");
        var found = signed.Required("_type").Text();
        // Timestamp and snapshot are often signed with one key: without this, one would pass for the other.
        // check: tuf-type
        if (found != type)
        {
            throw signed.Wrong($"is of the type {Shown.Text(found)}; expected '{type}'");
        }

        var specification = signed.Required("spec_version").Text();
        // check: tuf-specification
        if (specification != "1" && !specification.StartsWith("1.", StringComparison.Ordinal))
        {
            throw signed.Wrong($"follows the specification {Shown.Text(specification)}; expected 1.x");
        }

        // Sigstore's roots carry empty signatures of keys that did not sign; a signature that is no hexadecimal is none either.
        var signatures = document.Required("signatures").Items(TufLimits.MaxSignatures)
            .Select(entry => (KeyId: entry.Required("keyid").Text(), Signature: TufKey.TryDecode(entry.Required("sig").Text())))
            .Where(entry => entry.Signature is { Length: > 0 });
        return new TufEnvelope(name, signed, [.. signatures.Select(entry => (entry.KeyId, entry.Signature!))]);
    }

    /// <exception cref="TufException">It is past its expiry.</exception>
    public void RequireFresh(DateTimeOffset now)
    {
        if (Expires <= now)
        {
            throw new TufException(
                TufFailureReason.Expired,
                string.Create(CultureInfo.InvariantCulture, $"{Name}, version {Version}, expired at {Expires.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"));
        }
    }
}
