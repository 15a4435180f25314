using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Gating.Local.OpenId;

/// <summary>One authorization-code flow with PKCE (RFC 7636) from the application's side: where to send the browser, and what to do with the code.</summary>
internal sealed class CodeFlow
{
    private readonly string _issuer;
    private readonly OpenIdClient _client;
    private readonly string _redirectUri;
    private readonly string _verifier = RandomText();
    private readonly string _nonce = RandomText();

    public CodeFlow(string issuer, OpenIdClient client, string redirectUri, string scope)
    {
        (_issuer, _client, _redirectUri) = (issuer, client, redirectUri);
        Start = new Uri(QueryHelpers.AddQueryString($"{issuer}/auth", new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["client_id"] = client.Id,
            ["response_type"] = "code",
            ["scope"] = scope,
            ["redirect_uri"] = redirectUri,
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(_verifier))),
            ["code_challenge_method"] = "S256",
            ["state"] = State,
            ["nonce"] = _nonce,
            ["prompt"] = "login",
        }));
    }

    /// <summary>Where the person's browser starts.</summary>
    public Uri Start { get; }

    /// <summary>What the provider's redirect must bring back.</summary>
    public string State { get; } = RandomText();

    /// <summary>The ID token for the redirect's query. Throws <see cref="InvalidOperationException"/> when the provider refused or answered another flow.</summary>
    public async Task<string> FinishAsync(HttpClient http, string query, CancellationToken cancellation)
    {
        var answer = QueryHelpers.ParseQuery(query);
        if (!answer.TryGetValue("state", out var state) || !string.Equals(state, State, StringComparison.Ordinal) || !answer.TryGetValue("code", out var code))
        {
            throw new InvalidOperationException($"The provider refused: {query}");
        }

        var token = await RedeemAsync(http, code.ToString(), cancellation);
        return string.Equals(TokenText.Payload(token).GetProperty("nonce").GetString(), _nonce, StringComparison.Ordinal)
            ? token
            : throw new InvalidOperationException("The ID token carries another nonce than the one that was asked for.");
    }

    private async Task<string> RedeemAsync(HttpClient http, string code, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(
        [
            new("grant_type", "authorization_code"), new("code", code), new("code_verifier", _verifier),
            new("redirect_uri", _redirectUri), new("client_id", _client.Id),
        ]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{_issuer}/token")) { Content = form };
        if (_client.Secret is { } secret)
        {
            request.Headers.Authorization = BasicCredentials.Of(_client.Id, secret);
        }

        using var response = await http.SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"The provider refused the code with {(int)response.StatusCode}: {text}");
        }

        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("id_token").GetString()!;
    }

    private static string RandomText() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
}
