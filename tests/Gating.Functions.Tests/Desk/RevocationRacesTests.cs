using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing.Processes;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests.Desk;

/// <summary>A grant is used and revoked in the same instant, on two instances: either the use came first, and the ledger says so, or it was refused; after the answer to the revocation nothing is let through.</summary>
[Collection(KilledProcesses.Name)]
public sealed class RevocationRacesTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Rounds = 1000;
    private const int AtOnce = 8;

    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly double[] _took = [20, 20];
    private GateWorld _world = null!;

    public async Task InitializeAsync() => _world = await GateWorld.StartAsync(instances: 2, registry: DeskCall.Trust, azurite: await SharedProcesses.BusyAzuriteAsync());

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task A_thousand_grants_used_and_revoked_at_once_are_used_before_or_not_at_all()
    {
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, Rounds), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (round, _) => await RaceAsync(round));
        _seen.Where(static one => one.Key.StartsWith("by", StringComparison.Ordinal)).Sum(static one => one.Value).ShouldBe(Rounds);
        output.WriteLine($"{Rounds} rounds in {watch.Elapsed.TotalSeconds:F0} s: {string.Join(", ", _seen.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key} {one.Value}"))}");

        // Both ways must have been met, or this shows less than it says.
        foreach (var met in new[] { "by its app, used before", "by its app, refused", "by an admin, used before", "by an admin, refused" })
        {
            _seen.GetValueOrDefault(met).ShouldBeGreaterThan(0, met);
        }
    }

    private async Task RaceAsync(int round)
    {
        var (subject, byAdmin, using1, revoking) = ($"p{round}", round % 2 == 1, round / 2 % 2, 1 - (round / 2 % 2));
        var grant = await _world.Call(_world.IdToken(subject), using1).GrantAsync();
        var user = new StudioCall(_world.Http, _world.Addresses[using1]);

        // On a cached head a use is one round trip, and a revocation several: so that either may be first, the use comes at all moments of as long as a revocation took lately.
        async Task<StudioCall.Answer> UseAsync()
        {
            await Task.Delay((int)(_took[round % 2] * (round / 4 % 5) / 4));
            return await user.BeginAsync(grant);
        }

        var (watch, use) = (Stopwatch.StartNew(), UseAsync());
        await (byAdmin ? RevokePersonAsync(subject, revoking) : RevokeGrantAsync(grant, revoking));
        _took[round % 2] = Math.Min(watch.Elapsed.TotalMilliseconds, 500);

        // From here on: nothing, nowhere.
        var late = await AnsweredAsync(() => new StudioCall(_world.Http, _world.Addresses[revoking]).BeginAsync(grant), static answer => answer.Status);
        late.Status.ShouldBeOneOf(403, 409);
        var introspected = await AnsweredAsync(() => new GrantCall(_world, using1).IntrospectAsync(grant), static answer => answer.Status);
        Encoding.UTF8.GetString(introspected.Bytes).ShouldBe("""{"active":false}""");
        if (byAdmin)
        {
            (await AnsweredAsync(() => _world.Call(_world.IdToken(subject), using1).SendAsync(), static answer => answer.Status)).ShouldBeRefused(400, "person_revoked");
        }

        await ShouldSayWhichAsync(subject, await use, byAdmin);
    }

    /// <summary>What a gate says that could not read its registry within two seconds is no answer: it is asked again.</summary>
    private static async Task<T> AnsweredAsync<T>(Func<Task<T>> ask, Func<T, int> status)
    {
        var answer = await ask();
        for (var tries = 1; status(answer) == 503 && tries < 20; tries++)
        {
            await Task.Delay(500);
            answer = await ask();
        }

        return answer;
    }

    private async Task ShouldSayWhichAsync(string subject, StudioCall.Answer used, bool byAdmin)
    {
        used.Status.ShouldBeOneOf(201, 403, 409, 503);
        var entries = await _world.EntriesAsync(await _world.StreamOfAsync(subject));
        var use = entries.FindIndex(static entry => entry.Kind is EntryKind.Redeemed);
        var revoked = entries.FindIndex(static entry => entry.Kind is EntryKind.StatusChanged or EntryKind.Released);
        revoked.ShouldBeGreaterThan(0);
        entries.Count(static entry => entry.Kind is EntryKind.Redeemed).ShouldBeLessThanOrEqualTo(1);
        (use < revoked).ShouldBeTrue("a generation began after the revocation");
        if (used.Status is 201)
        {
            use.ShouldBeGreaterThan(0);
        }
        else if (used.Status is not 503)
        {
            use.ShouldBe(-1);
        }

        _seen.AddOrUpdate($"by {(byAdmin ? "an admin" : "its app")}, {(use > 0 ? "used before" : "refused")}", 1, static (_, count) => count + 1);
        _seen.AddOrUpdate($"answer {used.Status}", 1, static (_, count) => count + 1);
    }

    private async Task RevokeGrantAsync(string grant, int instance)
    {
        while ((await new GrantCall(_world, instance).RevokeAsync(grant)) is { Status: not 200 } busy)
        {
            busy.Status.ShouldBe(503, busy.ToString());
        }
    }

    private async Task RevokePersonAsync(string subject, int instance)
    {
        var desk = new DeskCall(_world, instance);
        var order = Encoding.UTF8.GetBytes($$$"""{"subject":{"account":{"issuer":"{{{_world.IdentityIssuer}}}","subject":"{{{subject}}}"}},"reason":"abuse","text":"x"}""");
        while (await desk.SendAsync(HttpMethod.Post, "/v1/revocations", desk.Admin("ada"), order, ("Idempotency-Key", subject)) is { Status: not (200 or 201) } busy)
        {
            busy.ShouldBe(503, "busy");
        }
    }
}
