using System.Globalization;

namespace NodeGate.Verification.Signers;

/// <summary>How a time is written in messages.</summary>
internal static class SignedTime
{
    public static string Text(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
