using System.Globalization;
using Gating.Functions.Tests.World;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>Whom to tell of a hole (RFC 9116), where whoever runs the gate has said so.</summary>
public sealed class SecurityTextTests
{
    [Fact]
    public async Task It_names_the_contact_the_address_of_its_own_and_a_day_within_a_year()
    {
        await using var world = await GateWorld.StartAsync(configure: static builder => builder.Configuration.AddInMemoryCollection([new("Gating:SecurityContact", "mailto:security@gate.test")]));
        using var answer = await world.Http.GetAsync(new Uri(world.Addresses[0], "/.well-known/security.txt"));
        ((int)answer.StatusCode, answer.Content.Headers.ContentType!.ToString()).ShouldBe((200, "text/plain; charset=utf-8"));
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n');
        (lines[0], lines[2], lines[3]).ShouldBe(("Contact: mailto:security@gate.test", $"Canonical: {GateWorld.Issuer}/.well-known/security.txt", ""));
        DateTimeOffset.ParseExact(lines[1]["Expires: ".Length..], "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ShouldBe(DateTimeOffset.UtcNow.AddDays(180), TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task Where_nobody_has_said_so_there_is_none()
    {
        await using var world = await GateWorld.StartAsync();
        (await new StudioCall(world.Http, world.Addresses[0]).GetAsync("/.well-known/security.txt")).Text("reason").ShouldBe("no_contact");
    }
}
