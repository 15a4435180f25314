using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gating.Signals;
using Gating.Testing.Jose;

namespace Gating.Functions.Tests.World;

/// <summary>Reports to the gate what happened to an account, as the loopback issuer's transmitter, unless a test says otherwise.</summary>
public sealed class EventCall(GateWorld world, int instance = 0)
{
    public const string Risc = "https://schemas.openid.net/secevent/risc/event-type/";

    /// <summary>Makes the loopback issuer one whose events are believed.</summary>
    public static void Trust(JsonObject registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry["issuers"]!.AsArray()[0]!["signals"] = new JsonObject { ["algorithms"] = new JsonArray("ES256"), ["audience"] = GateWorld.Issuer };
    }

    /// <summary>A security event token.</summary>
    public string Token(string subject, string type = SecurityEvents.SessionRevoked, string members = "{}", string? id = null, Action<RawObject>? change = null, TestKey? key = null, string? issuer = null)
    {
        var payload = new RawObject()
            .Text("iss", world.IdentityIssuer).Text("aud", GateWorld.Issuer).Text("jti", id ?? Guid.NewGuid().ToString("N")).Number("iat", DateTimeOffset.UtcNow.ToUnixTimeSeconds())
            .Set("sub_id", $$"""{"format":"iss_sub","iss":"{{issuer ?? world.IdentityIssuer}}","sub":"{{subject}}"}""").Set("events", $$"""{"{{type}}":{{members}}}""");
        change?.Invoke(payload);
        var signer = key ?? world.Key;
        return signer.Token($$"""{"typ":"secevent+jwt","alg":"{{signer.Algorithm}}","kid":"{{signer.Id}}"}""", payload.ToString());
    }

    public async Task<Answer> SendAsync(string token, string contentType = "application/secevent+jwt", string? authorization = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Addresses[instance], "/ssf/events")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(token)) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var response = await world.Http.SendAsync(request);
        return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentLanguage.SingleOrDefault(), response.Headers.RetryAfter?.ToString());
    }

    /// <summary>Reported, and taken: asked again where a gate could not read its registry within two seconds, as on a busy build machine.</summary>
    public async Task ReportAsync(string token)
    {
        var answer = await SendAsync(token);
        for (var tries = 1; answer.Status == 503 && tries < 20; tries++)
        {
            await Task.Delay(500);
            answer = await SendAsync(token);
        }

        if (answer is not { Status: 202, Body: "" })
        {
            throw new Shouldly.ShouldAssertException($"{answer.Status} and not 202: {answer.Body}");
        }
    }

    public sealed record Answer(int Status, string Body, string? Language, string? RetryAfter)
    {
        public string? Member(string name) => JsonNode.Parse(Body)?[name]?.ToString();
    }
}
