using System.Net;
using Gating.Functions.Background;
using Gating.Functions.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>What a start does not make can be made.</summary>
public sealed class CompositionTests
{
    [Fact]
    public async Task Whatever_answers_requests_can_be_made()
    {
        await using var world = await GateWorld.StartAsync();
        var services = world.Services;
        var endpoints = typeof(GateApp).Assembly.GetTypes()
            .Where(static type => type is { IsClass: true, IsAbstract: false, IsNested: false, Namespace: { } space }
                && space.StartsWith("Gating.Functions.Endpoints", StringComparison.Ordinal)
                && (type.Name.EndsWith("Endpoint", StringComparison.Ordinal) || type.Name.EndsWith("Endpoints", StringComparison.Ordinal)))
            .ToArray();
        endpoints.Length.ShouldBeGreaterThan(30);
        endpoints.ShouldAllBe(type => services.GetService(type) != null);
    }

    /// <summary>The Functions host asks for it until somebody answers, and a person may try it.</summary>
    [Fact]
    public async Task Nothing_is_at_the_root_and_it_says_where_something_is()
    {
        await using var world = await GateWorld.StartAsync();
        using var client = new HttpClient();
        var answer = await client.GetAsync(world.Addresses[0]);
        ((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString()).ShouldBe((404, "text/plain; charset=utf-8"));
        var named = (await answer.Content.ReadAsStringAsync()).Split(' ').Where(static word => word.StartsWith('/')).Select(static word => word.TrimEnd('.', '\n')).ToList();
        named.ShouldBe(["/openapi.json", "/readyz"]);
        foreach (var path in named)
        {
            (await client.GetAsync(new Uri(world.Addresses[0], path))).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    [Fact]
    public async Task In_development_nobody_looks_for_roles()
    {
        await using var world = await GateWorld.StartAsync();
        world.Services.GetServices<IHostedService>().Select(static one => one.GetType()).Where(static type => type == typeof(LogChecking) || type == typeof(RolesChecking)).ShouldBe([typeof(LogChecking)]);
    }
}
