using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Gating.Log.Notes;

/// <summary>Ed25519 cannot be had: the library is not on this machine, or it refuses the algorithm. Nothing is signed or believed instead.</summary>
public sealed class Ed25519UnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The few functions of OpenSSL's libcrypto that Ed25519 needs. .NET has ECDSA but no Ed25519, and on Linux loads this very library for everything else: under the name below it is the one that
/// is in the process already.
/// </summary>
internal static partial class LibCrypto
{
    /// <summary>OpenSSL 3, which .NET looks for first, then 1.1; as Linux, macOS and Windows call them.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.3.dylib", "libcrypto-3-x64.dll", "libcrypto-3-arm64.dll"];

    /// <summary>NID_ED25519.</summary>
    public const int Ed25519 = 1087;

    private const string Library = "gating-libcrypto";

    static LibCrypto() => NativeLibrary.SetDllImportResolver(
        typeof(LibCrypto).Assembly, static (name, assembly, path) => string.Equals(name, Library, StringComparison.Ordinal) ? Load(Names, assembly, path) : IntPtr.Zero);

    /// <summary>The first of these libraries that can be loaded.</summary>
    public static IntPtr Load(IReadOnlyList<string> names, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, assembly, path, out var handle))
            {
                return handle;
            }
        }

        throw new Ed25519UnavailableException($"None of {string.Join(", ", names)} can be loaded: the log needs OpenSSL's libcrypto for Ed25519.");
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial Key NewPrivateKey(int type, IntPtr engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial Key NewPublicKey(int type, IntPtr engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int GetPublicKey(Key key, Span<byte> destination, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial Context NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int SignInit(Context context, IntPtr keyContext, IntPtr digest, IntPtr engine, Key key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Sign(Context context, Span<byte> signature, ref nuint length, ReadOnlySpan<byte> data, nuint dataLength);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int VerifyInit(Context context, IntPtr keyContext, IntPtr digest, IntPtr engine, Key key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Verify(Context context, ReadOnlySpan<byte> signature, nuint length, ReadOnlySpan<byte> data, nuint dataLength);

    /// <summary>A refused signature leaves an entry in this thread's error queue, where .NET's own calls would find it.</summary>
    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void ClearErrors();

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void FreeKey(IntPtr key);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void FreeContext(IntPtr context);

    [SuppressMessage("Performance", "CA1812", Justification = "Made by the marshaller.")]
    internal sealed class Key() : SafeHandle(IntPtr.Zero, ownsHandle: true)
    {
        public override bool IsInvalid => handle == IntPtr.Zero;

        protected override bool ReleaseHandle()
        {
            FreeKey(handle);
            return true;
        }
    }

    [SuppressMessage("Performance", "CA1812", Justification = "Made by the marshaller.")]
    internal sealed class Context() : SafeHandle(IntPtr.Zero, ownsHandle: true)
    {
        public override bool IsInvalid => handle == IntPtr.Zero;

        protected override bool ReleaseHandle()
        {
            FreeContext(handle);
            return true;
        }
    }
}
