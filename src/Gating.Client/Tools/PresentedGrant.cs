namespace Gating.Client.Tools;

/// <summary>A grant as a request brought it. Nothing in it is believed yet; what this prints leaves its text out.</summary>
public sealed class PresentedGrant
{
    private PresentedGrant(string token, string? proof, string method, Uri? target) => (Token, Proof, Method, Target) = (token, proof, method, target);

    internal string Token { get; }

    internal string? Proof { get; }

    internal string Method { get; }

    /// <summary>Null where it came as bearer.</summary>
    internal Uri? Target { get; }

    /// <summary>After <c>Authorization: Bearer</c> (RFC 6750, 2.1).</summary>
    public static PresentedGrant Bearer(string token) => new(token, null, string.Empty, null);

    /// <summary>After <c>Authorization: DPoP</c> (RFC 9449, 7.1).</summary>
    /// <param name="proof">The one <c>DPoP</c> field; null where there is none, or more than one.</param>
    /// <param name="method">Of the request, as it was sent.</param>
    /// <param name="target">Its address as clients know it: from configuration, not from <c>Host</c>, which whoever sends the request chooses.</param>
    public static PresentedGrant Dpop(string token, string? proof, string method, Uri target) => new(token, proof, method, target);
}
