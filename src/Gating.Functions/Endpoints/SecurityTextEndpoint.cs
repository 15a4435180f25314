using System.Globalization;
using System.Text;
using Gating.Functions.Http;

namespace Gating.Functions.Endpoints;

/// <summary><c>GET /.well-known/security.txt</c> (RFC 9116): whom to tell of a hole. It says that it is good for 180 days more, whenever it is asked for: whoever runs the gate sets the contact, and a gate that answers is being run.</summary>
internal sealed class SecurityTextEndpoint(GateConfiguration configuration, PublicUrls urls, TimeProvider time)
{
    private static readonly TimeSpan Good = TimeSpan.FromDays(180);

    public async Task GetAsync(HttpContext context)
    {
        if (configuration.SecurityContact is not { } contact)
        {
            await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "no_contact", "Nobody has said whom to tell.");
            return;
        }

        var expires = (time.GetUtcNow() + Good).UtcDateTime.ToString("yyyy-MM-dd'T'00:00:00'Z'", CultureInfo.InvariantCulture);
        var text = Encoding.ASCII.GetBytes($"Contact: {contact}\nExpires: {expires}\nCanonical: {urls.Issuer}/.well-known/security.txt\n");
        context.Response.Headers.CacheControl = "public, max-age=86400";
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = text.Length;
        await context.Response.Body.WriteAsync(text, context.RequestAborted);
    }
}
