using System.Buffers;

namespace Gating.Clients;

/// <summary>Compares <c>htu</c> with an endpoint's address after RFC 9449 section 4.3: query and fragment apart, scheme and host without case, default ports implied.</summary>
internal static class DpopTarget
{
    // The URI type is generous with these; a proof for "https:\\gate" was made for nobody.
    private static readonly SearchValues<char> NotInUri = SearchValues.Create(" \t\r\n\\\"<>^`{|}");

    public static bool Matches(string htu, Uri target)
    {
        if (string.Equals(htu, target.OriginalString, StringComparison.Ordinal))
        {
            return true;
        }

        return !htu.AsSpan().ContainsAny(NotInUri)
            && Uri.TryCreate(htu, UriKind.Absolute, out var stated)
            && stated.UserInfo.Length == 0
            && string.Equals(stated.Scheme, target.Scheme, StringComparison.Ordinal)
            && string.Equals(stated.IdnHost, target.IdnHost, StringComparison.OrdinalIgnoreCase)
            && stated.Port == target.Port
            && string.Equals(stated.AbsolutePath, target.AbsolutePath, StringComparison.Ordinal);
    }
}
