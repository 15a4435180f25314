using System.Net;
using System.Text.Json;
using Gating.Local.OpenId;

namespace Gating.Local.Walk;

/// <summary>The gate's answer to a token exchange, as an app sees it.</summary>
internal sealed record ExchangeAnswer(HttpStatusCode Status, JsonElement Body, TimeSpan? RetryAfter, string? RateLimit)
{
    public string? Text(string member) => Body.TryGetProperty(member, out var value) ? value.ToString() : null;
}

/// <summary>Exchanges ID tokens for grants (RFC 8693) as an app does: over HTTP, with its own credentials.</summary>
internal sealed class TokenExchange(HttpClient http, Uri gate, string appSecret)
{
    public const string GrantType = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string IdTokenType = "urn:ietf:params:oauth:token-type:id_token";

    private readonly Uri _endpoint = new(gate, "/oauth2/token");

    public async Task<ExchangeAnswer> ExchangeAsync(string idToken, string idempotencyKey, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(
        [
            new("grant_type", GrantType), new("subject_token", idToken), new("subject_token_type", IdTokenType),
            new("resource", DemoFacts.Tool), new("authorization_details", DemoFacts.AuthorizationDetails),
        ]);
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = form };
        request.Headers.Authorization = BasicCredentials.Of(DemoFacts.AppId, appSecret);
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await http.SendAsync(request, cancellation);
        return new ExchangeAnswer(
            response.StatusCode,
            await ReadAsync(response, cancellation),
            response.Headers.RetryAfter?.Delta,
            response.Headers.TryGetValues("RateLimit", out var values) ? string.Join(", ", values) : null);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new StepFailedException($"The gate answered {(int)response.StatusCode} with something that is not JSON: {text}", e);
        }
    }
}
