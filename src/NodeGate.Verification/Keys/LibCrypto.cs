using System.Reflection;
using System.Runtime.InteropServices;

namespace NodeGate.Verification.Keys;

/// <summary>
/// Ed25519 of OpenSSL's libcrypto, which .NET itself needs on Linux: .NET 10 has no Ed25519. The only native calls of this room.
/// EVP_DigestVerify refuses a signature whose S is not below the group's order (RFC 8032 section 5.1.7) and compares the encoded R.
/// </summary>
internal static partial class LibCrypto
{
    private const string Library = "libcrypto";
    private const int Ed25519KeyType = 1087; // NID_ED25519

    private static readonly Lazy<nint> Handle = new(Load);

    static LibCrypto()
    {
        NativeLibrary.SetDllImportResolver(typeof(LibCrypto).Assembly, Resolve);
    }

    /// <summary>Whether a libcrypto could be loaded; without one an Ed25519 key is refused when it is parsed, not when it is needed.</summary>
    public static bool IsAvailable => Handle.Value != 0;

    /// <summary>Whether <paramref name="signature"/> is the Ed25519 signature of <paramref name="message"/> under <paramref name="publicKey"/>.</summary>
    public static bool VerifyEd25519(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != 32 || signature.Length != 64)
        {
            return false;
        }

        var key = EVP_PKEY_new_raw_public_key(Ed25519KeyType, 0, publicKey, (nuint)publicKey.Length);
        var context = EVP_MD_CTX_new();
        try
        {
            return key != 0 && context != 0
                && EVP_DigestVerifyInit(context, 0, 0, 0, key) == 1
                && EVP_DigestVerify(context, signature, (nuint)signature.Length, message, (nuint)message.Length) == 1;
        }
        finally
        {
            EVP_MD_CTX_free(context);
            EVP_PKEY_free(key);
            // A refused signature leaves an entry in the thread's error queue, which .NET's own calls would otherwise find there.
            ERR_clear_error();
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name == Library ? Handle.Value : 0;

    private static nint Load()
    {
        foreach (var name in (ReadOnlySpan<string>)["libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so"])
        {
            if (NativeLibrary.TryLoad(name, out var handle))
            {
                return handle;
            }
        }

        return 0;
    }

    [LibraryImport(Library)]
    private static partial nint EVP_PKEY_new_raw_public_key(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library)]
    private static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library)]
    private static partial nint EVP_MD_CTX_new();

    [LibraryImport(Library)]
    private static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Library)]
    private static partial int EVP_DigestVerifyInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library)]
    private static partial int EVP_DigestVerify(
        nint context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> message, nuint messageLength);

    [LibraryImport(Library)]
    private static partial void ERR_clear_error();
}
