using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gating.Registry;
using Shouldly;

namespace Gating.Functions.Tests.World;

/// <summary>A registry to start from: one app, a few tools, one or two issuers. Tests change what they are about.</summary>
public static class TestRegistry
{
    public const string App = "studio";
    public const string OtherApp = "other";
    public const string Secret = "the-secret-of-studio-0123456789abcdef";
    public const string OtherSecret = "the-secret-of-other-0123456789abcdef";
    public const string Tool = "https://tools.example/face-swap";
    public const string ClientId = "studio-web";
    public const string OtherClientId = "studio-mobile";

    public static JsonObject Create(params IEnumerable<string> issuers)
    {
        var names = issuers.ToArray();
        return new()
        {
            ["version"] = 1,
            ["apps"] = new JsonArray(NewApp(App, Secret, names), NewApp(OtherApp, OtherSecret, names)),
            ["tools"] = new JsonArray(NewTool(Tool)),
            ["issuers"] = new JsonArray([.. names.Select(name => (JsonNode)NewIssuer(name))]),
            ["policy"] = new JsonObject { ["personQuotas"] = new JsonArray() },
        };
    }

    /// <summary>The store has that and nothing else.</summary>
    public static async Task WriteAsync(IRegistryStore store, JsonObject registry, RegistryMode mode)
    {
        var document = RegistryReader.ReadDocument(Encoding.UTF8.GetBytes(registry.ToJsonString()), mode) switch
        {
            RegistryReading.Valid valid => valid.Document,
            var invalid => throw new InvalidOperationException(string.Join(Environment.NewLine, ((RegistryReading.Invalid)invalid).Errors)),
        };
        (await new RegistrySeeder(store, mode).SeedAsync(document, SeedMode.Replace, default)).ShouldBeOfType<SeedOutcome.Seeded>();
    }

    public static JsonObject NewApp(string id, string secret, params IEnumerable<string> issuers)
    {
        var audiences = new JsonObject();
        foreach (var issuer in issuers)
        {
            audiences[issuer] = new JsonArray(id == App ? ClientId : OtherClientId);
        }

        return new()
        {
            ["id"] = id,
            ["name"] = id,
            ["status"] = "active",
            ["secretDigests"] = new JsonArray(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)))),
            ["audiences"] = audiences,
            ["tools"] = new JsonArray(Tool),
        };
    }

    public static JsonObject NewTool(string resource, long daily = 1000) => new()
    {
        ["resource"] = resource,
        ["name"] = "Face swap",
        ["status"] = "active",
        ["dossier"] = new JsonObject
        {
            ["filingNumber"] = "F-1",
            ["securityAssessmentUntil"] = Date(300),
            ["datasetAuditUntil"] = Date(300),
        },
        ["operations"] = new JsonArray("face_swap"),
        ["assurance"] = new JsonObject { ["level"] = "low" },
        ["demandsDpop"] = false,
        ["demandsConsent"] = false,
        ["demandsModeration"] = false,
        ["maxUnits"] = 10,
        ["grantLifetimeSeconds"] = 300,
        ["quotas"] = new JsonArray(new JsonObject { ["name"] = "daily", ["scope"] = "app_person_tool", ["kind"] = "calendar", ["limit"] = daily, ["period"] = "day" }),
    };

    /// <summary>How a tool's outputs are labelled; a test adds it to the tool that it is about.</summary>
    public static JsonObject NewLabelling(string explicitLabel = "apps_own", params IEnumerable<string> mediaTypes) => new()
    {
        ["providerCode"] = "001191110102MACQD9K64010000",
        ["system"] = "Face Studio",
        ["systemVersion"] = "2.1",
        ["source"] = "generated",
        ["explicit"] = explicitLabel,
        ["mediaTypes"] = new JsonArray([.. mediaTypes.DefaultIfEmpty("image/png").Select(type => (JsonNode)type)]),
        ["maxBytes"] = 1_000_000,
        ["retentionDays"] = 184,
    };

    public static string Date(int days) => DateTimeOffset.UtcNow.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static JsonObject NewIssuer(string id) => new()
    {
        ["id"] = id,
        ["name"] = "an issuer",
        ["status"] = "active",
        ["algorithms"] = new JsonArray("RS256", "ES256"),
        ["types"] = new JsonArray("", "JWT"),
        ["maxLifetimeSeconds"] = 3600,
        ["assuranceRules"] = new JsonArray(
            Rule("high"), Rule("substantial"), Rule("low")),
        ["acrValues"] = new JsonObject { ["high"] = "urn:demo:high" },
    };

    private static JsonObject Rule(string level) => new() { ["level"] = level, ["trustFramework"] = "demo_framework", ["assuranceLevel"] = level };
}
