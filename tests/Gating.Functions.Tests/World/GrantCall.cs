using System.Net.Http.Headers;

namespace Gating.Functions.Tests.World;

/// <summary>What an app asks about its grants: RFC 7662 and RFC 7009, as a good app sends it unless the test changes it.</summary>
public sealed class GrantCall(GateWorld world, int instance = 0)
{
    private static readonly AuthenticationHeaderValue Studio = TokenCall.Basic(TestRegistry.App, TestRegistry.Secret);

    public Task<StudioCall.Answer> IntrospectAsync(string token, params (string Name, string Value)[] more) => SendAsync("/oauth2/introspect", Studio, [("token", token), .. more]);

    public Task<StudioCall.Answer> IntrospectAsync(string token, string accept) => SendAsync("/oauth2/introspect", Studio, accept, ("token", token));

    public Task<StudioCall.Answer> RevokeAsync(string token, params (string Name, string Value)[] more) => SendAsync("/oauth2/revoke", Studio, [("token", token), .. more]);

    public Task<StudioCall.Answer> SendAsync(string path, AuthenticationHeaderValue? authorization, params (string Name, string Value)[] form) => SendAsync(path, authorization, accept: null, form);

    private async Task<StudioCall.Answer> SendAsync(string path, AuthenticationHeaderValue? authorization, string? accept, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(static field => new KeyValuePair<string, string>(field.Name, field.Value)));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Addresses[instance], path)) { Content = content };
        request.Headers.Authorization = authorization;
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        using var response = await world.Http.SendAsync(request);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(static header => header.Key, static header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
        return new((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync());
    }
}
