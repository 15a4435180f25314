using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Testing.Jose;

namespace Gating.Functions.Tests.World;

/// <summary>Calls the desk as somebody with a role: a token of the loopback issuer for the desk's client id.</summary>
public sealed class DeskCall(GateWorld world, int instance = 0)
{
    public const string ClientId = "desk-web";
    public const string StrongAcr = "urn:demo:mfa";

    /// <summary>Makes the loopback issuer one that is trusted for roles.</summary>
    public static void Trust(JsonObject registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry["issuers"]!.AsArray()[0]!["roles"] = new JsonObject
        {
            ["audiences"] = new JsonArray(ClientId),
            ["claim"] = "roles",
            ["admin"] = new JsonArray("gating.admin"),
            ["regulator"] = new JsonArray("gating.regulator"),
            ["strongAcr"] = new JsonArray(StrongAcr),
            ["strongWithinSeconds"] = 900,
        };
    }

    public string Admin(string subject, Action<RawObject>? change = null) => Token(subject, "gating.admin", change);

    public string Regulator(string subject, Action<RawObject>? change = null) => Token(subject, "gating.regulator", change);

    public string Token(string subject, string role, Action<RawObject>? change = null) => world.IdToken(subject, change: payload =>
    {
        payload.Text("aud", ClientId).Set("roles", $"[\"{role}\"]").Text("acr", StrongAcr).Number("auth_time", DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeSeconds());
        change?.Invoke(payload);
    });

    public Task<DeskAnswer> GetAsync(string path, string? token) => SendAsync(HttpMethod.Get, path, token, null);

    public Task<DeskAnswer> PostAsync(string path, string? token, string? json = null) => SendAsync(HttpMethod.Post, path, token, json is null ? null : Encoding.UTF8.GetBytes(json));

    public async Task<DeskAnswer> SendAsync(HttpMethod method, string path, string? token, byte[]? body, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(world.Addresses[instance], path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (header is var (name, value))
        {
            request.Headers.Add(name, value);
        }

        request.Content = body is null ? null : new ByteArrayContent(body);
        using var response = await world.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new(
            (int)response.StatusCode, text, response.Headers.WwwAuthenticate.ToString(),
            response.Headers.TryGetValues("Link", out var links) ? links.Single() : null, response.Headers.ETag?.ToString(), response.Headers.Location?.OriginalString);
    }

    /// <summary>A mandate that two admins made, for anything that was recorded within a day around now.</summary>
    public async Task<string> MandateAsync(string regulator, string fields = "\"prompts\",\"labels\",\"bundles\",\"identity\"", string limits = "")
    {
        var proposed = await PostAsync("/v1/mandates", Admin("ada"), Proposal(regulator, fields, limits));
        var mandate = proposed.Text("mandate");
        (await PostAsync($"/v1/mandates/{mandate}/approve", Admin("ben"))).ShouldBe(200);
        return mandate;
    }

    /// <param name="limits">More members of the scope, a comma behind each.</param>
    public string Proposal(string regulator, string fields = "", string limits = "", DateTimeOffset? expires = null, int fromDays = -1) => $$"""
        {"regulator":{"issuer":"{{world.IdentityIssuer}}","subject":"{{regulator}}"},"purpose":"Who made the file of case 7","legal_basis":"Art. 9","case_number":"2026-7",
         "scope":{ {{limits}} "from":"{{Time(DateTimeOffset.UtcNow.AddDays(fromDays))}}","to":"{{Time(DateTimeOffset.UtcNow.AddDays(1))}}","fields":[{{fields}}]},
         "expires":"{{Time(expires ?? DateTimeOffset.UtcNow.AddDays(30))}}"}
        """;

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What the desk answered.</summary>
public sealed record DeskAnswer(int Status, string Body, string Challenge, string? Link, string? Tag, string? Location)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Reason => Text("reason");

    public string Text(string member) => Json.GetProperty(member).GetString()!;

    public void ShouldBe(int status, string? reason = null)
    {
        if (Status != status || (reason is not null && Reason != reason))
        {
            throw new Shouldly.ShouldAssertException($"{Status} and not {status} {reason}: {Body}");
        }
    }
}
