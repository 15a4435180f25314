using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Gating.Functions.Tests.World;

/// <summary>One request to the token endpoint; what a test does not change is as a good app would send it.</summary>
public sealed class TokenCall
{
    private readonly HttpClient _http;
    private readonly Uri _gate;
    private readonly Dictionary<string, string?> _form;
    private readonly List<KeyValuePair<string, string>> _headers = [];
    private AuthenticationHeaderValue? _authorization = Basic(TestRegistry.App, TestRegistry.Secret);

    public TokenCall(HttpClient http, Uri gate, string idToken)
    {
        (_http, _gate) = (http, gate);
        _form = new(StringComparer.Ordinal)
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
            ["subject_token"] = idToken,
            ["subject_token_type"] = "urn:ietf:params:oauth:token-type:id_token",
            ["resource"] = TestRegistry.Tool,
            ["authorization_details"] = """[{"type":"synthetic_media","operation":"face_swap"}]""",
        };
    }

    public static AuthenticationHeaderValue Basic(string id, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}")));

    public TokenCall With(string field, string? value)
    {
        _form[field] = value;
        return this;
    }

    public TokenCall Units(int units) => With("authorization_details", $$"""[{"type":"synthetic_media","operation":"face_swap","units":{{units.ToString(CultureInfo.InvariantCulture)}}}]""");

    public TokenCall Header(string name, string value)
    {
        _headers.Add(new(name, value));
        return this;
    }

    public TokenCall Key(string idempotencyKey) => Header("Idempotency-Key", idempotencyKey);

    public TokenCall As(AuthenticationHeaderValue? authorization)
    {
        _authorization = authorization;
        return this;
    }

    /// <summary>The grant, asked for again where a gate could not read its registry within two seconds, as on a busy build machine: it says 503, and nothing was granted.</summary>
    public async Task<string> GrantAsync()
    {
        var answer = await SendAsync();
        for (var tries = 1; answer.Status == 503 && tries < 20; tries++)
        {
            await Task.Delay(500);
            answer = await SendAsync();
        }

        return answer.Grant;
    }

    public async Task<TokenAnswer> SendAsync()
    {
        using var content = new FormUrlEncodedContent(_form.Where(field => field.Value is not null)!);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_gate, "/oauth2/token")) { Content = content };
        request.Headers.Authorization = _authorization;
        foreach (var (name, value) in _headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
        return new((int)response.StatusCode, headers, body);
    }
}

/// <summary>What came back.</summary>
public sealed record TokenAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    private JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string? this[string member] => Json.TryGetProperty(member, out var value) ? value.ToString() : null;

    public string? Reason => this["reason"];

    public string Grant => this["access_token"] ?? throw new InvalidOperationException(Body);

    public string GrantId => Claims(Grant).GetProperty("jti").GetString()!;

    public override string ToString() => $"{Status} {Body}";

    public static JsonElement Claims(string token) =>
        JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;

    public static JsonElement Head(string token) =>
        JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[0])).RootElement;
}
