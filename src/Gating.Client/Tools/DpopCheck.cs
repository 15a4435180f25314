using System.Buffers;
using Gating.Client.Jose;

namespace Gating.Client.Tools;

/// <summary>A DPoP proof against the request and the grant that it came with (RFC 9449, 4.3 and 7.1). Decided on values; that it was not used before is for <see cref="ProofMemory"/> to say.</summary>
internal static class DpopCheck
{
    /// <summary>From <see cref="Ahead"/> before its <c>iat</c> until so long after.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan Ahead = TimeSpan.FromSeconds(10);

    private const int MaxIdCharacters = 128;

    private static readonly SearchValues<char> NotInUri = SearchValues.Create("\\ \t\r\n\"<>^`{|}");

    /// <summary>Null where it holds; then <paramref name="jti"/> is its id.</summary>
    public static GrantFault? Check(PresentedGrant presented, string keyThumbprint, DateTimeOffset now, out string jti)
    {
        jti = string.Empty;
        if (presented.Proof is not { } text)
        {
            return GrantFault.ProofMissing;
        }

        if (CompactToken.Parse(text) is not { Type: "dpop+jwt", Algorithm: "ES256" } proof
            || !proof.Header.TryGetObject("jwk", out var jwk) || P256PublicKey.Read(jwk) is not { } key
            || proof.Payload.Text("jti") is not { Length: <= MaxIdCharacters } id || proof.Payload.Time("iat") is not { } issued
            || proof.Payload.Text("htm") is not { } method || proof.Payload.Text("htu") is not { } target || proof.Payload.Text("ath") is not { } hash)
        {
            return GrantFault.ProofMalformed;
        }

        jti = id;
        return !string.Equals(method, presented.Method, StringComparison.Ordinal) || !IsTarget(target, presented.Target!) ? GrantFault.ProofForOtherRequest
            : now - issued >= MaxAge || issued - now > Ahead ? GrantFault.ProofOutOfTime
            : !string.Equals(hash, SignedByApp.HashOf(presented.Token), StringComparison.Ordinal) ? GrantFault.ProofForOtherGrant
            : !string.Equals(key.Thumbprint, keyThumbprint, StringComparison.Ordinal) ? GrantFault.ProofOfOtherKey
            : !proof.IsSignedBy(key) ? GrantFault.ProofSignatureBad
            : null;
    }

    // Query and fragment apart, scheme and host without case, default ports implied (RFC 3986, 6.2.2 and 6.2.3). The URI type takes backslashes and blanks for what they are not.
    private static bool IsTarget(string htu, Uri target) =>
        !htu.AsSpan().ContainsAny(NotInUri)
        && Uri.TryCreate(htu, UriKind.Absolute, out var stated) && stated.UserInfo.Length == 0
        && string.Equals(stated.Scheme, target.Scheme, StringComparison.Ordinal)
        && string.Equals(stated.IdnHost, target.IdnHost, StringComparison.OrdinalIgnoreCase)
        && stated.Port == target.Port
        && string.Equals(stated.AbsolutePath, target.AbsolutePath, StringComparison.Ordinal);
}
