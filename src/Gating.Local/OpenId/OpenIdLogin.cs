using System.Net;

namespace Gating.Local.OpenId;

/// <summary>
/// Signs a person in as a browser and an application would together, by plain requests, form and cookies included.
/// <paramref name="client"/> must be known to the provider at <paramref name="issuer"/>.
/// </summary>
public sealed class OpenIdLogin(string issuer, OpenIdClient client)
{
    public const string Scope = "openid identity person";

    private const int MostSteps = 12;

    /// <summary>The ID token of <paramref name="person"/>. Throws <see cref="InvalidOperationException"/> with the provider's answer when it refuses.</summary>
    public Task<string> SignInAsync(DemoPerson person, CancellationToken cancellation) => SignInAsync(person.Name, Scope, cancellation);

    /// <summary>As the other overload, by name and with the scopes to ask for.</summary>
    public async Task<string> SignInAsync(string person, string scope, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true, CookieContainer = new() };
        using var browser = new HttpClient(handler);
        var flow = new CodeFlow(issuer, client, client.RedirectUris[0], scope);
        var redirect = await WalkAsync(browser, flow.Start, person, cancellation);
        return await flow.FinishAsync(browser, redirect.Query, cancellation);
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
}
