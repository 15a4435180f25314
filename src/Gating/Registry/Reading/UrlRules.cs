using System.Net;

namespace Gating.Registry.Reading;

/// <summary>The URLs of a registry: absolute, https (in development also http to a loopback address), without user, query or fragment.</summary>
internal static class UrlRules
{
    private const int MostCharacters = 256;

    /// <summary>An issuer identifier (OpenID Connect Discovery 1.0, section 3), kept and compared byte for byte.</summary>
    public static TextRule Issuer(RegistryMode mode) => new(text => TryRead(text, mode) is not null, Allowed(mode));

    /// <summary>
    /// A tool's resource (RFC 8707, section 2). It must be spelled as a URL parser writes it, so that no two spellings of one URL name two tools.
    /// </summary>
    public static TextRule Resource(RegistryMode mode) => new(
        text => TryRead(text, mode) is { AbsoluteUri: var canonical }
            && (string.Equals(canonical, text, StringComparison.Ordinal) || string.Equals(canonical, text + "/", StringComparison.Ordinal)),
        Allowed(mode) + ", in canonical spelling");

    private static Uri? TryRead(string text, RegistryMode mode) =>
        text.Length <= MostCharacters
        && !text.Any(character => character is <= ' ' or > '~' or '\\' or '?' or '#')
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && IsSafe(url, mode)
        && HasHost(text, url)
        && url.UserInfo.Length == 0
            ? url
            : null;

    private static bool IsSafe(Uri url, RegistryMode mode) =>
        string.Equals(url.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
        || (mode is RegistryMode.Development && string.Equals(url.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal) && IsLoopback(url));

    /// <summary>The parser turns some names ("loopback") into others ("localhost"): the host must stand in the text as it was understood.</summary>
    private static bool HasHost(string text, Uri url) =>
        url.Host.Length > 0 && text.AsSpan(url.Scheme.Length + Uri.SchemeDelimiter.Length).StartsWith(url.Host, StringComparison.OrdinalIgnoreCase);

    // Uri.IsLoopback would also take the machine's own name and "loopback".
    private static bool IsLoopback(Uri url) =>
        string.Equals(url.Host, "localhost", StringComparison.Ordinal) || (IPAddress.TryParse(url.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));

    private static string Allowed(RegistryMode mode) =>
        $"an absolute https URL{(mode is RegistryMode.Development ? " (or http to a loopback address)" : "")} of at most {MostCharacters} characters without user, query and fragment";
}
