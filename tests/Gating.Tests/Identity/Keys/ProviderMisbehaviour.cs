using System.IO.Compression;
using Gating.Testing.Jose;
using Microsoft.AspNetCore.Http;

namespace Gating.Tests.Identity.Keys;

/// <summary>Ways in which a provider's documents can be wrong. Each is as good as no answer.</summary>
internal static class ProviderMisbehaviour
{
    public const string Name = "op";
    public const string Discovery = "/op/.well-known/openid-configuration";
    public const string Jwks = "/op/jwks";

    public static Dictionary<string, Action<LoopbackProvider>> All { get; } = new()
    {
        ["discovery 500"] = op => op.Answer(Discovery, LoopbackProvider.Status(500)),
        ["discovery 404"] = op => op.Answer(Discovery, LoopbackProvider.Status(404)),
        ["discovery 204"] = op => op.Answer(Discovery, LoopbackProvider.Status(204)),
        ["discovery HTML with 200"] = op => op.Answer(Discovery, LoopbackProvider.Json("<html>Sign in</html>", "text/html")),
        ["discovery HTML called JSON"] = op => op.Answer(Discovery, LoopbackProvider.Json("<html>Sign in</html>")),
        ["discovery JSON called text"] = op => op.Answer(Discovery, LoopbackProvider.Json(Metadata(op), "text/plain")),
        ["discovery JSON called nothing"] = op => op.Answer(Discovery, context => context.Response.WriteAsync(Metadata(op))),
        ["discovery redirects to the truth"] = op => Redirect(op, Discovery, Metadata(op)),
        ["discovery of an issuer with a slash"] = op => op.Answer(Discovery, LoopbackProvider.Json(Metadata(op, issuer: op.Issuer(Name) + "/"))),
        ["discovery of another issuer"] = op => op.Answer(Discovery, LoopbackProvider.Json(Metadata(op, issuer: op.Issuer("other")))),
        ["discovery without issuer"] = op => op.Answer(Discovery, LoopbackProvider.Json($$"""{"jwks_uri":"{{op.Origin}}{{Jwks}}"}""")),
        ["discovery with two issuers"] = op => op.Answer(Discovery, LoopbackProvider.Json(Metadata(op)[..^1] + ",\"issuer\":\"x\"}")),
        ["discovery without jwks_uri"] = op => op.Answer(Discovery, LoopbackProvider.Json($$"""{"issuer":"{{op.Issuer(Name)}}"}""")),
        ["jwks_uri relative"] = op => op.Answer(Discovery, LoopbackProvider.Json(Metadata(op, jwksUri: "jwks"))),
        ["jwks_uri a file"] = op => op.Answer(Discovery, LoopbackProvider.Json(Metadata(op, jwksUri: "file:///etc/passwd"))),
        ["jwks_uri plain http elsewhere"] = op => op.Answer(Discovery, LoopbackProvider.Json(Metadata(op, jwksUri: "http://192.0.2.1/jwks"))),
        ["jwks_uri the metadata service"] = op => op.Answer(Discovery, LoopbackProvider.Json(Metadata(op, jwksUri: "https://169.254.169.254/latest"))),
        ["jwks_uri with a user in it"] = op => op.Answer(Discovery, LoopbackProvider.Json(Metadata(op, jwksUri: op.Origin.Replace("://", "://user@", StringComparison.Ordinal) + Jwks))),
        ["keys 500"] = op => op.Answer(Jwks, LoopbackProvider.Status(500)),
        ["keys HTML"] = op => op.Answer(Jwks, LoopbackProvider.Json("<html></html>", "text/html")),
        ["keys redirect to the truth"] = op => Redirect(op, Jwks, $$"""{"keys":[{{IdentityScene.Ec.Jwk()}}]}"""),
        ["keys empty"] = op => op.Answer(Jwks, LoopbackProvider.Json("""{"keys":[]}""")),
        ["keys none that can be used"] = op => op.Answer(Jwks, LoopbackProvider.Json($$"""{"keys":[{{IdentityScene.Weak.Jwk()}},{"kty":"oct","k":"AA"},7,null]}""")),
        ["keys not a list"] = op => op.Answer(Jwks, LoopbackProvider.Json("""{"keys":{}}""")),
        ["keys a bare list"] = op => op.Answer(Jwks, LoopbackProvider.Json($"[{IdentityScene.Ec.Jwk()}]")),
        ["keys followed by more"] = op => op.Answer(Jwks, LoopbackProvider.Json($$"""{"keys":[{{IdentityScene.Ec.Jwk()}}]}x""")),
        ["keys compressed"] = op => op.Answer(Jwks, Compressed),
        ["keys of 50 MB, announced"] = op => op.Answer(Jwks, context => Flood(context, announced: true)),
        ["keys of 50 MB, unannounced"] = op => op.Answer(Jwks, context => Flood(context, announced: false)),
        ["keys cut in the middle"] = op => op.Answer(Jwks, CutAsync),
        ["keys that never end"] = op => op.Answer(Jwks, TrickleAsync),
        ["discovery that never begins"] = op => op.Answer(Discovery, context => Task.Delay(Timeout.Infinite, context.RequestAborted)),
    };

    private static string Metadata(LoopbackProvider op, string? issuer = null, string? jwksUri = null) =>
        $$"""{"issuer":"{{issuer ?? op.Issuer(Name)}}","jwks_uri":"{{jwksUri ?? op.Origin + Jwks}}"}""";

    private static void Redirect(LoopbackProvider op, string path, string truth)
    {
        op.Answer("/elsewhere", LoopbackProvider.Json(truth));
        op.Answer(path, context =>
        {
            context.Response.Redirect(op.Origin + "/elsewhere");
            return Task.CompletedTask;
        });
    }

    private static async Task Compressed(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
        await gzip.WriteAsync(System.Text.Encoding.UTF8.GetBytes($$"""{"keys":[{{IdentityScene.Ec.Jwk()}}]}"""));
    }

    private static async Task Flood(HttpContext context, bool announced)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = announced ? 50 << 20 : null;
        var block = new byte[1 << 16];
        Array.Fill(block, (byte)' ');
        for (var i = 0; i < 50 << 4 && !context.RequestAborted.IsCancellationRequested; i++)
        {
            await context.Response.Body.WriteAsync(block, context.RequestAborted);
        }
    }

    private static async Task CutAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = 1000;
        await context.Response.WriteAsync("""{"keys":[""");
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private static async Task TrickleAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.WriteAsync(" ", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(20, context.RequestAborted);
        }
    }
}
