using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing.Processes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests;

/// <summary>Limits that everybody of a tool or of an app shares, on instances that are real processes over the real Azurite: one is killed, one stands still until its window is over.</summary>
[Collection(KilledProcesses.Name)]
public sealed class SharedLimitTests(ITestOutputHelper output)
{
    private const int Instances = 4;
    private const int Persons = 24;
    private const int Units = 10;

    [Fact]
    public async Task Four_instances_of_which_one_is_killed_use_no_more_than_the_limit_and_all_but_its_block()
    {
        const int limit = 10_000;
        await using var world = await StartAsync("tool", limit, "day");
        await using var running = await RunningInstances.StartAsync(world);
        var answers = new Answers();
        var killed = new TaskCompletionSource();
        var asking = Enumerable.Range(0, Persons).Select(person => Task.Run(async () =>
        {
            for (var refused = 0; refused < Instances;)
            {
                var instance = running.Next(person);
                var status = await answers.AskAsync(world, instance, person);
                if (answers.Granted * Units > limit / 3)
                {
                    killed.TrySetResult();
                }

                // Every instance in turn says that there is no more.
                refused = status == 429 ? refused + 1 : 0;
            }
        })).ToList();
        await killed.Task;
        await running.KillAsync(0);
        await Task.WhenAll(asking);

        var charged = await ChargedAsync(world);
        output.WriteLine($"{charged.Count} grants, {charged.Sum(static one => one.Units)} of {limit} units used; {answers.Granted} were answered, {answers.Unanswered} requests were not; {await LeasesAsync(world, "tool", TestRegistry.Tool)} leases");
        charged.Sum(static one => one.Units).ShouldBeLessThanOrEqualTo(limit);

        // Its block, requests on their way whose units it had taken out of it, and on each instance less than a request wants.
        charged.Sum(static one => one.Units).ShouldBeGreaterThanOrEqualTo(limit - (limit / 100) - (Persons * Units) - (Instances * (Units - 1)));
        charged.Count.ShouldBeInRange(answers.Granted, answers.Granted + answers.Unanswered);
    }

    [Fact]
    public async Task Who_stood_still_until_the_window_was_over_brings_nothing_of_it_into_the_next_one()
    {
        const int limit = 1_000;
        await using var world = await StartAsync("app", limit, "minute");
        await using var running = await RunningInstances.StartAsync(world);
        await LateInMinuteAsync();
        var answers = new Answers();
        using var over = new CancellationTokenSource();
        var asking = Enumerable.Range(0, Persons).Select(person => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                await answers.AskAsync(world, running.Next(person), person);
            }
        })).ToList();
        await Task.Delay(TimeSpan.FromSeconds(2));
        await running.StopAsync(0);
        await Task.Delay(UntilNextMinute() + TimeSpan.FromSeconds(2));
        await running.ResumeAsync(0);
        await Task.Delay(TimeSpan.FromSeconds(6));
        await over.CancelAsync();
        await Task.WhenAll(asking);

        var minutes = (await ChargedAsync(world)).GroupBy(static one => one.At.ToString("HH:mm", CultureInfo.InvariantCulture)).Select(static minute => (minute.Key, Units: minute.Sum(static one => one.Units))).ToList();
        output.WriteLine($"{string.Join(", ", minutes.Select(static minute => $"{minute.Key}: {minute.Units}"))} of {limit} units; {answers.Granted} grants were answered, {answers.Unanswered} requests were not");
        minutes.Count.ShouldBeGreaterThan(1);
        minutes.ShouldAllBe(static minute => minute.Units <= limit);
        minutes[^1].Units.ShouldBeGreaterThan(limit / 2);
    }

    [Fact]
    public async Task What_is_used_up_is_told_with_when_to_come_back_and_what_comes_back_is_used_again()
    {
        await using var world = await StartAsync("tool", 50, "day");
        var call = new GrantCall(world);
        var grants = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            grants.Add(await world.Call(world.IdToken("mei")).Units(Units).GrantAsync());
        }

        var refused = await world.Call(world.IdToken("lin")).Units(Units).SendAsync();
        refused.ShouldBeRefused(429, "shared_quota_exceeded");
        int.Parse(refused.Headers["Retry-After"], CultureInfo.InvariantCulture).ShouldBeInRange(1, 86_400);
        (await call.RevokeAsync(grants[0])).Status.ShouldBe(200);
        (await call.RevokeAsync(grants[0])).Status.ShouldBe(200);
        await world.Call(world.IdToken("lin")).Units(Units).GrantAsync();
        (await world.Call(world.IdToken("zoe")).Units(Units).SendAsync()).ShouldBeRefused(429, "shared_quota_exceeded");

        // Who is refused for another reason pays nothing.
        (await call.RevokeAsync(grants[1])).Status.ShouldBe(200);
        (await world.Call(world.IdToken("kim", level: "none")).Units(Units).SendAsync()).Status.ShouldBe(400);
        await world.Call(world.IdToken("kim")).Units(Units).GrantAsync();
        var owner = await OwnerAsync(world, "tool", TestRegistry.Tool);
        (await world.EntriesAsync(owner)).ShouldAllBe(static entry => entry.Kind == EntryKind.Leased);
        await world.ShouldBeSoundAsync(owner);
    }

    private static async Task<GateWorld> StartAsync(string scope, int limit, string period) => await GateWorld.StartAsync(azurite: await SharedProcesses.BusyAzuriteAsync(), registry: registry =>
    {
        var quota = new JsonObject { ["name"] = "everybody", ["scope"] = scope, ["limit"] = limit, ["kind"] = "calendar", ["period"] = period };
        var tool = registry["tools"]![0]!;
        tool["maxUnits"] = Units;
        tool["quotas"] = new JsonArray();
        (scope == "tool" ? tool : registry["apps"]![0]!)["quotas"] = new JsonArray(quota);
    });

    /// <summary>So that a minute is neither over before somebody stops in it, nor lasts too long after.</summary>
    private static Task LateInMinuteAsync() => Task.Delay(UntilNextMinute() > TimeSpan.FromSeconds(25) ? UntilNextMinute() - TimeSpan.FromSeconds(25) : UntilNextMinute() < TimeSpan.FromSeconds(12) ? UntilNextMinute() + TimeSpan.FromSeconds(35) : TimeSpan.Zero);

    private static TimeSpan UntilNextMinute() => TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(DateTimeOffset.UtcNow.UtcTicks % TimeSpan.TicksPerMinute);

    /// <summary>Every grant that is recorded, whether somebody was told of it or not.</summary>
    private static async Task<List<(DateTimeOffset At, int Units)>> ChargedAsync(GateWorld world)
    {
        var charged = new List<(DateTimeOffset, int)>();
        for (var person = 0; person < Persons; person++)
        {
            foreach (var entry in (await world.EntriesAsync(await world.StreamOfAsync($"p{person}"))).Where(static entry => entry.Kind == EntryKind.Granted))
            {
                using var json = JsonDocument.Parse(entry.Public);
                charged.Add((entry.Time, json.RootElement.GetProperty("details").GetProperty("units").GetInt32()));
            }
        }

        return charged;
    }

    private static async Task<int> LeasesAsync(GateWorld world, string kind, string owner) => (await world.EntriesAsync(await OwnerAsync(world, kind, owner))).Count;

    private static ValueTask<StreamId> OwnerAsync(GateWorld world, string kind, string owner) => world.Services.GetRequiredService<StreamNames>().OfAsync(kind, owner, default);

    private sealed class Answers
    {
        private int _granted;
        private int _unanswered;

        public int Granted => _granted;

        public int Unanswered => _unanswered;

        /// <summary>503 where nobody answered.</summary>
        public async Task<int> AskAsync(GateWorld world, Uri instance, int person)
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                var answer = await new TokenCall(world.Http, instance, world.IdToken($"p{person}")).Units(Units).SendAsync().WaitAsync(late.Token);
                if (answer.Status == 200)
                {
                    Interlocked.Increment(ref _granted);
                    return 200;
                }

                if (answer.Status == 503)
                {
                    Interlocked.Increment(ref _unanswered);
                    return 503;
                }

                answer.Status.ShouldBe(429, answer.Body);
                return 429;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                Interlocked.Increment(ref _unanswered);
                return 503;
            }
        }
    }

    /// <summary>Processes, of which one may be killed or stand still: then nobody is sent to it.</summary>
    private sealed class RunningInstances : IAsyncDisposable
    {
        private readonly GateProcess[] _processes = new GateProcess[Instances];
        private volatile int _away = -1;
        private int _asked;

        public static async Task<RunningInstances> StartAsync(GateWorld world)
        {
            var running = new RunningInstances();
            for (var i = 0; i < Instances; i++)
            {
                running._processes[i] = await GateProcess.StartAsync(world);
            }

            return running;
        }

        public Uri Next(int person)
        {
            var next = (int)((uint)(Interlocked.Increment(ref _asked) + person) % Instances);
            return _processes[next == _away ? (next + 1) % Instances : next].Address;
        }

        public Task KillAsync(int instance)
        {
            _away = instance;
            return _processes[instance].KillAsync();
        }

        /// <summary>In the middle of what it does.</summary>
        public async Task StopAsync(int instance)
        {
            await _processes[instance].StopAsync();
            _away = instance;
        }

        public Task ResumeAsync(int instance)
        {
            _away = -1;
            return _processes[instance].ResumeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var process in _processes)
            {
                await process.DisposeAsync();
            }
        }
    }
}
