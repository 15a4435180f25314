using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Gating.Local.OpenId;

/// <summary>
/// Signs a person in as a browser and an application would together: authorization code with PKCE (RFC 7636) by plain requests, form and cookies
/// included. <paramref name="client"/> must be known to the provider at <paramref name="issuer"/>.
/// </summary>
public sealed class OpenIdLogin(string issuer, OpenIdClient client)
{
    public const string Scope = "openid identity person";

    private const int MostSteps = 12;

    /// <summary>The ID token of <paramref name="person"/>. Throws <see cref="InvalidOperationException"/> with the provider's answer when it refuses.</summary>
    public Task<string> SignInAsync(DemoPerson person, CancellationToken cancellation) => SignInAsync(person.Name, Scope, cancellation);

    public async Task<string> SignInAsync(string person, string scope, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true, CookieContainer = new() };
        using var browser = new HttpClient(handler);
        var verifier = RandomText();
        var asked = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["client_id"] = client.Id,
            ["response_type"] = "code",
            ["scope"] = scope,
            ["redirect_uri"] = client.RedirectUris[0],
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
            ["state"] = RandomText(),
            ["nonce"] = RandomText(),
        };
        var redirect = await WalkAsync(browser, new Uri(QueryHelpers.AddQueryString($"{issuer}/auth", asked)), person, cancellation);
        var answer = QueryHelpers.ParseQuery(redirect.Query);
        if (!string.Equals(answer["state"], asked["state"], StringComparison.Ordinal) || !answer.TryGetValue("code", out var code))
        {
            throw new InvalidOperationException($"The provider refused: {redirect.Query}");
        }

        return await RedeemAsync(browser, code.ToString(), verifier, cancellation);
    }

    /// <summary>Follows redirects and sends the form until the provider sends the browser back to the application.</summary>
    private async Task<Uri> WalkAsync(HttpClient browser, Uri start, string person, CancellationToken cancellation)
    {
        var (at, post) = (start, false);
        for (var step = 0; step < MostSteps; step++)
        {
            using var form = post ? new FormUrlEncodedContent([new("person", person)]) : null;
            using var request = new HttpRequestMessage(post ? HttpMethod.Post : HttpMethod.Get, at) { Content = form };
            using var response = await browser.SendAsync(request, cancellation);
            if (response.Headers.Location is { } location)
            {
                (at, post) = (new Uri(at, location), false);
                if (at.AbsoluteUri.StartsWith(client.RedirectUris[0], StringComparison.Ordinal))
                {
                    return at;
                }
            }
            else if (response.StatusCode is HttpStatusCode.OK && !post && at.AbsolutePath.StartsWith("/interaction/", StringComparison.Ordinal))
            {
                post = true;
            }
            else
            {
                throw new InvalidOperationException(
                    $"The provider answered {(int)response.StatusCode} at {at.AbsolutePath}: {await response.Content.ReadAsStringAsync(cancellation)}");
            }
        }

        throw new InvalidOperationException($"The provider did not come back to the application within {MostSteps} steps.");
    }

    private async Task<string> RedeemAsync(HttpClient browser, string code, string verifier, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(
        [
            new("grant_type", "authorization_code"), new("code", code), new("code_verifier", verifier),
            new("redirect_uri", client.RedirectUris[0]), new("client_id", client.Id),
        ]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{issuer}/token")) { Content = form };
        if (client.Secret is { } secret)
        {
            var credentials = $"{Uri.EscapeDataString(client.Id)}:{Uri.EscapeDataString(secret)}";
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }

        using var response = await browser.SendAsync(request, cancellation);
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
