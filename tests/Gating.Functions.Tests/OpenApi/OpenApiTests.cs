using System.Text.Json.Nodes;
using Gating.Functions.Tests.Desk;
using Gating.Functions.Tests.World;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>openapi.json, which the gate serves: made of what stands beside the endpoints, of every route and no other, with examples that hold. That answers are as it says, <see cref="ContractHandler"/> sees in every test.</summary>
public sealed class OpenApiTests(ITestOutputHelper output) : IAsyncLifetime
{
    private GateWorld _world = null!;

    private static JsonObject Document => JsonNode.Parse(File.ReadAllText(DocumentBuilder.File))!.AsObject();

    public async Task InitializeAsync() => _world = await GateWorld.StartAsync();

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task The_committed_document_is_what_the_descriptions_make()
    {
        var made = DocumentBuilder.Build();
        if (Environment.GetEnvironmentVariable("GATING_WRITE_OPENAPI") is "1")
        {
            await File.WriteAllTextAsync(DocumentBuilder.File, made);
        }

        (await File.ReadAllTextAsync(DocumentBuilder.File) == made).ShouldBeTrue("openapi.json is not what *.openapi.yaml make: GATING_WRITE_OPENAPI=1 dotnet test tests/Gating.Functions.Tests --filter OpenApiTests writes it anew");
    }

    [Fact]
    public void Every_route_and_method_is_described_and_none_that_is_not_served()
    {
        var served = _world.Routes;
        var described = Contract.Committed.Operations.Select(static operation => $"{operation.Method} {operation.Path}").ToList();
        served.Except(described, StringComparer.Ordinal).ShouldBeEmpty("served, and not described");
        described.Except(served, StringComparer.Ordinal).ShouldBeEmpty("described, and not served");
        output.WriteLine($"{described.Count} operations");
    }

    [Fact]
    public void Who_may_call_is_described_as_the_matrix_of_authorisation_has_it()
    {
        foreach (var operation in Contract.Committed.Operations)
        {
            var described = operation.Roles.Concat(operation.Security.SelectMany(static one => one!.AsObject().Select(static scheme => scheme.Key).DefaultIfEmpty("anyone")).Where(static scheme => scheme is not "desk")
                .Select(static scheme => scheme is "appSecret" or "appAssertion" ? "app" : scheme is "boundGrant" ? "grant" : scheme)).DefaultIfEmpty("anyone").Distinct(StringComparer.Ordinal).ToList();
            var allowed = AuthorisationTests.Allowed[$"{operation.Method} {operation.Path}"].Select(static who => who switch
            {
                "weak admin" => "admin",
                "weak regulator" => "regulator",
                "another app" => "app",
                _ => who,
            }).Distinct(StringComparer.Ordinal).ToList();

            // What names its caller in the form is open to anyone in the matrix, and what no test's app may do is open to nobody there.
            (allowed.Except(described, StringComparer.Ordinal).Any() && !described.Contains("anyone")).ShouldBeFalse($"{operation.Method} {operation.Path}: {string.Join(", ", allowed)} may, and {string.Join(", ", described)} are described");
            (allowed is not ["anyone"] && described.Contains("anyone")).ShouldBeFalse($"{operation.Method} {operation.Path} is described as open to anyone");
        }
    }

    [Fact]
    public void Every_example_is_what_its_schema_says()
    {
        var (faults, count) = (new List<string>(), 0);
        var contract = Contract.Committed;
        foreach (var (path, item) in Document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject())
            {
                var contents = new[] { operation!["requestBody"] }.Concat(operation["responses"]!.AsObject().Select(response => (JsonNode?)contract.Resolve(response.Value!))).Select(static said => said?["content"]).OfType<JsonObject>();
                foreach (var (type, media) in contents.SelectMany(static content => content).Where(static media => ContractOperation.IsJson(media.Key)))
                {
                    var examples = media!["examples"]?.AsObject().Select(static one => one.Value!["value"]) ?? (media["example"] is { } only ? [only] : []);
                    foreach (var example in examples)
                    {
                        count++;
                        if (Contract.Fault(contract.Schema(media["schema"]!), System.Text.Encoding.UTF8.GetBytes(example?.ToJsonString() ?? "null")) is { } fault)
                        {
                            faults.Add($"{method} {path} {type}: {fault}");
                        }
                    }
                }
            }
        }

        output.WriteLine($"{count} examples");
        faults.ShouldBeEmpty();
        count.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task It_is_served_with_the_public_address_as_its_server()
    {
        using var answer = await _world.Http.GetAsync(new Uri(_world.Addresses[0], "/openapi.json"));
        ((int)answer.StatusCode, answer.Content.Headers.ContentType!.ToString(), answer.Headers.CacheControl!.ToString()).ShouldBe((200, "application/json", "public, max-age=300"));
        var (served, committed) = (JsonNode.Parse(await answer.Content.ReadAsStringAsync())!, Document);
        ((string)served["openapi"]!, (string)served["servers"]![0]!["url"]!).ShouldBe(("3.1.0", GateWorld.Issuer));
        served["servers"] = committed["servers"]!.DeepClone();
        JsonNode.DeepEquals(served, committed).ShouldBeTrue();
    }
}
