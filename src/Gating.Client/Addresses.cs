namespace Gating.Client;

/// <summary>Which addresses a secret may be sent to, and an answer believed from.</summary>
internal static class Addresses
{
    /// <summary>TLS, or this machine itself; nothing that could hide another host.</summary>
    public static bool IsSafe(Uri address) =>
        address.IsAbsoluteUri && address is { UserInfo.Length: 0, Fragment.Length: 0 } && (address.Scheme is "https" || (address.Scheme is "http" && address.IsLoopback));

    /// <summary>The same, and nothing behind the host.</summary>
    public static bool IsSafeOrigin(Uri address) => IsSafe(address) && address.PathAndQuery is "/";
}
