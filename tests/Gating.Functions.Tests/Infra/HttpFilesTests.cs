using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Infra;

/// <summary>Each request in <c>tests/http</c> goes to a route that the gate has, by a method that the route takes, with a body that is JSON where it says so.</summary>
public sealed partial class HttpFilesTests
{
    private static readonly string Folder = Path.Combine(InfraFolder.Real.Root, "tests", "http");

    [Theory]
    [InlineData("app.http", 21)]
    [InlineData("admin.http", 17)]
    [InlineData("regulator.http", 10)]
    public async Task Every_request_meets_a_route(string file, int requests)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, file));
        RequestLine().Count(text).ShouldBeGreaterThanOrEqualTo(requests);
        (await FaultsAsync(text)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("POST {{gate}}/oauth2/token", "GET {{gate}}/oauth2/token", "no route takes GET /oauth2/token")]
    [InlineData("POST {{gate}}/v1/generations\n", "POST {{gate}}/v1/generation\n", "no route takes POST /v1/generation")]
    [InlineData("\"units\": 1, \"duration_ms\"", "\"units\": 1 \"duration_ms\"", "is not JSON")]
    [InlineData("@generation =", "@generated =", "'generation' is nowhere set")]
    public async Task A_damage_is_found(string what, string by, string fault)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, "app.http"));
        text.ShouldContain(what);
        (await FaultsAsync(text.Replace(what, by, StringComparison.Ordinal))).ShouldContain(found => found.Contains(fault, StringComparison.Ordinal));
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(string text)
    {
        var routes = await RoutesAsync();
        var faults = new List<string>();
        var set = Declaration().Matches(text).Select(static match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        faults.AddRange(Variable().Matches(text).Select(static match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal).Where(name => !set.Contains(name)).Select(static name => $"'{name}' is nowhere set"));
        foreach (var block in text.Split("###").Skip(1))
        {
            // One request of all is to the demonstration app, which is not the gate.
            if (RequestLine().Match(block) is not { Success: true } line || line.Groups["host"].Value is not "gate")
            {
                continue;
            }

            var (method, path) = (line.Groups["method"].Value, Variable().Replace(line.Groups["path"].Value.Split('?')[0], "x"));
            if (!routes.Any(route => string.Equals(route.Method, method, StringComparison.Ordinal) && route.Matcher.TryMatch(path, [])))
            {
                faults.Add($"no route takes {method} {path}");
            }

            var body = block[(block.IndexOf("\n\n", StringComparison.Ordinal) is var gap and >= 0 ? gap : block.Length)..].Trim();
            if (block.Contains("application/json", StringComparison.Ordinal) && !body.StartsWith('<') && !IsJson(Variable().Replace(body, "x")))
            {
                faults.Add($"the body of {method} {path} is not JSON");
            }
        }

        return faults;
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static async Task<IReadOnlyList<(string Method, TemplateMatcher Matcher)>> RoutesAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var app = GateApp.Build([], builder =>
        {
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Gating:PublicUrl"] = "https://gate.example",
                ["Gating:Storage:TableServiceUri"] = "https://account.table.core.windows.net",
                ["Gating:Storage:QueueServiceUri"] = "https://account.queue.core.windows.net",
                ["Gating:Storage:BlobServiceUri"] = "https://account.blob.core.windows.net",
                ["Gating:Keys:Data"] = Convert.ToBase64String(new byte[32]),
                ["Gating:Keys:GrantCurrent"] = key.ExportPkcs8PrivateKeyPem(),
                ["Gating:Keys:LogCurrent"] = Gating.Log.Notes.Ed25519NoteSigner.Generate("gate.example/log"),
                ["Gating:Log:LastKnownBlobServiceUri"] = "https://another.blob.core.windows.net",
            });
        });
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>().SelectMany(static endpoint =>
            endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(method => (method, new TemplateMatcher(TemplateParser.Parse(endpoint.RoutePattern.RawText!), []))))];
    }

    [GeneratedRegex(@"^(?<method>GET|POST|PUT|PATCH|DELETE) \{\{(?<host>\w+)\}\}(?<path>/\S*)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RequestLine();

    [GeneratedRegex(@"^@(?<name>\w+) *=", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\{\{(?<name>\w+)\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
