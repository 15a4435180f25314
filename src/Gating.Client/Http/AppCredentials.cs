using System.Net.Http.Headers;
using System.Text;
using Gating.Client.Jose;

namespace Gating.Client.Http;

/// <summary>Who the app is, put on one request.</summary>
internal sealed class AppCredentials(GatingAppOptions options, TimeProvider time)
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private readonly AuthenticationHeaderValue? _basic = options.ClientSecret is { } secret ? Basic(options.ClientId, secret) : null;

    /// <summary>At OAuth endpoints: an assertion stands in the form (RFC 7521, 4.2).</summary>
    public HttpRequestMessage Form(string path, IEnumerable<KeyValuePair<string, string>> form)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Gate, path));
        if (_basic is null)
        {
            form = [.. form, new("client_assertion_type", AssertionType), new("client_assertion", Assertion())];
        }

        request.Content = new FormUrlEncodedContent(form);
        request.Headers.Authorization = _basic;
        return request;
    }

    /// <summary>Elsewhere: an assertion is sent as bearer.</summary>
    public HttpRequestMessage Plain(HttpMethod method, string path, HttpContent? content = null) =>
        new(method, new Uri(options.Gate, path)) { Content = content, Headers = { Authorization = _basic ?? new("Bearer", Assertion()) } };

    // RFC 6749, 2.3.1: each half is form-encoded before they are joined.
    private static AuthenticationHeaderValue Basic(string id, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}")));

    private string Assertion() => SignedByApp.Assertion(options.AssertionKey!, options.ClientId, options.Issuer, time.GetUtcNow());
}
