using System.Net.Http.Headers;
using System.Text;

namespace Gating.Local.OpenId;

/// <summary><c>client_secret_basic</c> (RFC 6749, section 2.3.1): both halves are form-encoded before they are joined.</summary>
internal static class BasicCredentials
{
    public static AuthenticationHeaderValue Of(string clientId, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(clientId)}:{Uri.EscapeDataString(secret)}")));
}
