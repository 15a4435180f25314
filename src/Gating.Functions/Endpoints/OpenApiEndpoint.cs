using System.Text;
using System.Text.Json.Nodes;
using Gating.Functions.Http;

namespace Gating.Functions.Endpoints;

/// <summary><c>GET /openapi.json</c> (OpenAPI 3.1): every operation that is served, at this gate's own address. Its text is made beforehand (OpenApi/openapi.json) and compared with what is served by tests.</summary>
internal sealed class OpenApiEndpoint(PublicUrls urls)
{
    private const string Resource = "Gating.Functions.openapi.json";
    private const string Cache = "public, max-age=300";

    // Made when first asked for: an instance that nobody asks starts none the later for it.
    private readonly Lazy<byte[]> _document = new(() => DocumentOf(urls.Issuer));

    public Task GetAsync(HttpContext context) => BytesAnswer.WriteAsync(context.Response, _document.Value, MediaTypes.Json, Cache, context.RequestAborted);

    private static byte[] DocumentOf(string address)
    {
        using var stream = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not in the assembly.");
        var document = JsonNode.Parse(stream)!;
        document["servers"] = new JsonArray(new JsonObject { ["url"] = address });
        return Encoding.UTF8.GetBytes(document.ToJsonString());
    }
}
