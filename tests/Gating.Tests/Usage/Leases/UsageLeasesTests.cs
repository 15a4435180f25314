using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Storage;
using Gating.Usage;
using Gating.Usage.Leases;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Usage.Leases;

/// <summary>Limits that everybody shares, on instances over one store in memory.</summary>
public sealed class UsageLeasesTests
{
    private const long Most = 10_000;

    private readonly Faults _faults = new();
    private readonly ManualTime _time = ManualTime.AtNoon();
    private readonly OperatorKey _key = new(new byte[OperatorKey.Size]);
    private readonly InMemoryLedgerStore _ledger;
    private readonly InMemoryNameStore _names;
    private readonly ITestOutputHelper _output;

    public UsageLeasesTests(ITestOutputHelper output) => (_ledger, _names, _output) = (new(_faults), new(_faults), output);

    private static SharedLimit Daily => Limit(new Quota.Calendar("all", QuotaScope.Tool, Most, CalendarPeriod.Day));

    [Fact]
    public async Task Four_instances_use_all_of_a_limit_and_no_more()
    {
        var (limit, instances) = (Daily, NewMany(4));
        var used = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => UseUpAsync(instances[i % 4], limit, units: 1))));

        used.Sum().ShouldBe(Most);
        _faults.Violations.ShouldBeEmpty();
        _output.WriteLine($"{string.Join(" + ", Enumerable.Range(0, 4).Select(i => used.Where((_, of) => of % 4 == i).Sum()))} units of {Most}, in {(await EntriesAsync()).Count} leases");
    }

    [Fact]
    public async Task Of_one_that_dies_its_block_is_lost_and_no_more()
    {
        var (limit, instances) = (Daily, NewMany(4));
        var before = 0L;
        for (var i = 0; i < 150; i++)
        {
            before += await TakeAsync(instances[0], limit, 1) is SharedUsage.Held ? 1 : 0;
        }

        var after = 0L;
        foreach (var instance in instances[1..])
        {
            after += await UseUpAsync(instance, limit, units: 1);
        }

        before.ShouldBe(150);
        (before + after).ShouldBeInRange(Most - limit.Block, Most - 1);
    }

    [Fact]
    public async Task In_the_steady_state_a_hundredth_of_the_units_asks_storage()
    {
        var (limit, instance) = (Daily, NewMany(1)[0]);
        await TakeAsync(instance, limit, 1);
        var before = _faults.AllCalls;
        for (var i = 0; i < limit.Block - 1; i++)
        {
            (await TakeAsync(instance, limit, 1)).ShouldBeOfType<SharedUsage.Held>();
        }

        _faults.AllCalls.ShouldBe(before);
        await TakeAsync(instance, limit, 1);
        (_faults.AllCalls - before).ShouldBe(2, "a transaction and its reference");
    }

    [Fact]
    public async Task Near_the_end_blocks_become_small_so_that_everybody_gets_some()
    {
        var limit = Daily;
        var instances = NewMany(8);
        await TakeAsync(instances[0], limit, Most - 40);
        var each = await Task.WhenAll(instances.Select(async instance => await TakeAsync(instance, limit, 1)));

        each.ShouldAllBe(static one => one is SharedUsage.Held);
        (await EntriesAsync()).Skip(1).Select(Units).ShouldAllBe(static units => units <= 5);
    }

    [Fact]
    public async Task A_block_is_good_for_its_window_and_who_stood_still_comes_back_with_nothing()
    {
        var limit = Daily;
        var instances = NewMany(2);
        var held = (await TakeAsync(instances[0], limit, 1)).ShouldBeOfType<SharedUsage.Held>();
        (held.From, held.Until).ShouldBe((ManualTime.Noon.AddHours(-12), ManualTime.Noon.AddHours(12)));
        (await UseUpAsync(instances[1], limit, 1)).ShouldBe(Most - limit.Block);

        _time.Pass(TimeSpan.FromHours(12));
        held.HoldsAt(_time.GetUtcNow()).ShouldBeFalse();
        instances[0].GiveBack(held.Limits, 1, ManualTime.Noon);
        (await UseUpAsync(instances[1], limit, 1)).ShouldBe(Most);
        (await TakeAsync(instances[0], limit, 1)).ShouldBeOfType<SharedUsage.Exceeded>();
    }

    [Fact]
    public async Task Units_of_a_window_that_is_over_do_not_come_back_into_the_next()
    {
        var (limit, instance) = (Daily, NewMany(1)[0]);
        await TakeAsync(instance, limit, 1);
        _time.Pass(TimeSpan.FromHours(12));
        await TakeAsync(instance, limit, 1);
        instance.GiveBack([limit], 50, ManualTime.Noon);

        var before = _faults.AllCalls;
        for (var i = 0; i < limit.Block - 1; i++)
        {
            await TakeAsync(instance, limit, 1);
        }

        _faults.AllCalls.ShouldBe(before);
        await TakeAsync(instance, limit, 1);
        _faults.AllCalls.ShouldBeGreaterThan(before);
    }

    [Fact]
    public async Task By_a_clock_that_is_behind_the_block_is_not_good_yet()
    {
        var (limit, behind, ahead) = (Daily, ManualTime.AtNoon(), ManualTime.AtNoon());
        ahead.Pass(TimeSpan.FromHours(12));
        (await TakeAsync(New(ahead), limit, 1)).ShouldBeOfType<SharedUsage.Held>();
        var instance = New(behind);

        // The ledger's time does not go back: what is leased from it now is of its day.
        (await TakeAsync(instance, limit, 1)).ShouldBeOfType<SharedUsage.Contended>();
        behind.Pass(TimeSpan.FromHours(12));
        (await TakeAsync(instance, limit, 1)).ShouldBeOfType<SharedUsage.Held>().From.ShouldBe(ManualTime.Noon.AddHours(12));
    }

    [Fact]
    public async Task In_no_stretch_of_a_rolling_window_is_more_used_than_the_limit()
    {
        var limit = Limit(new Quota.Rolling("all", QuotaScope.App, 600, TimeSpan.FromMinutes(12)));
        var (instances, random, uses) = (NewMany(3), new Random(7), new List<(DateTimeOffset At, long Units)>());
        for (var i = 0; i < 4000; i++)
        {
            var units = random.Next(1, 9);
            if (await TakeAsync(instances[random.Next(3)], limit, units) is SharedUsage.Held held && held.HoldsAt(_time.GetUtcNow()))
            {
                uses.Add((_time.GetUtcNow(), units));
            }

            _time.Pass(TimeSpan.FromMilliseconds(random.Next(0, 2500)));
        }

        var most = uses.Max(first => uses.Where(use => use.At >= first.At && use.At < first.At + TimeSpan.FromMinutes(12)).Sum(static use => use.Units));
        _output.WriteLine($"{uses.Count} uses; at most {most} of 600 units in any 12 minutes");
        most.ShouldBeInRange(500, 600);
    }

    [Fact]
    public async Task All_limits_or_none()
    {
        SharedLimit[] limits = [Daily, Limit(new Quota.Calendar("few", QuotaScope.App, 3, CalendarPeriod.Hour))];
        var instance = NewMany(1)[0];
        for (var i = 0; i < 3; i++)
        {
            (await instance.TakeAsync([.. limits], 1, default)).ShouldBeOfType<SharedUsage.Held>().Until.ShouldBe(ManualTime.Noon.AddHours(1));
        }

        var refused = (await instance.TakeAsync([.. limits], 1, default)).ShouldBeOfType<SharedUsage.Exceeded>().Violation;
        refused.Violations.ShouldHaveSingleItem().ShouldBe(new QuotaViolation(limits[1].Quota, ManualTime.Noon.AddHours(1)));

        // What was taken of the first came back: the rest of its block is whole.
        var before = _faults.AllCalls;
        for (var i = 0; i < Daily.Block - 3; i++)
        {
            (await TakeAsync(instance, limits[0], 1)).ShouldBeOfType<SharedUsage.Held>();
        }

        _faults.AllCalls.ShouldBe(before);
    }

    [Fact]
    public async Task More_than_the_limit_never_fits_and_less_than_somebody_was_refused_may()
    {
        var limit = Daily;
        var instance = NewMany(1)[0];
        (await TakeAsync(instance, limit, Most + 1)).ShouldBeOfType<SharedUsage.Exceeded>().Violation.Never.ShouldBeTrue();
        (await TakeAsync(instance, limit, Most - 5)).ShouldBeOfType<SharedUsage.Held>();
        var hold = _faults.HoldNext(StoreCall.ReadHead);
        var large = TakeAsync(instance, limit, 6).AsTask();
        var small = TakeAsync(instance, limit, 5).AsTask();
        hold.Release();

        (await large).ShouldBeOfType<SharedUsage.Exceeded>().Violation.RetryAt.ShouldBe(ManualTime.Noon.AddHours(12));
        (await small).ShouldBeOfType<SharedUsage.Held>();
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.Duplicate)]
    public async Task Whatever_storage_does_what_is_given_out_was_leased(Fault fault)
    {
        for (var nth = 1L; ; nth++)
        {
            var world = new UsageLeasesTests(_output);
            var (limit, given) = (Limit(new Quota.Calendar("all", QuotaScope.Tool, 200, CalendarPeriod.Day)), 0L);
            world._faults.OnAny(fault, nth);
            foreach (var instance in world.NewMany(3))
            {
                for (var i = 0; i < 100; i++)
                {
                    try
                    {
                        given += await TakeAsync(instance, limit, 1) is SharedUsage.Held ? 1 : 0;
                    }
                    catch (StorageUnavailableException)
                    {
                        // Nothing is given to who was not answered.
                    }
                }
            }

            var met = world._faults.Revive();
            var leased = (await world.EntriesAsync()).Sum(Units);
            given.ShouldBeLessThanOrEqualTo(leased);
            leased.ShouldBeLessThanOrEqualTo(200);
            given.ShouldBeGreaterThan(150);
            world._faults.Violations.ShouldBeEmpty();
            if (!met)
            {
                nth.ShouldBeGreaterThan(20);
                return;
            }
        }
    }

    private static SharedLimit Limit(Quota quota) => new(QuotaRules.For(quota, "app", "tool"), "tool", "https://tool.test/");

    private static long Units(Entry entry)
    {
        entry.Kind.ShouldBe(EntryKind.Leased);
        using var json = System.Text.Json.JsonDocument.Parse(entry.Public);
        return json.RootElement.GetProperty("units").GetInt64();
    }

    private static ValueTask<SharedUsage> TakeAsync(UsageLeases instance, SharedLimit limit, long units) => instance.TakeAsync([limit], units, default);

    private static async Task<long> UseUpAsync(UsageLeases instance, SharedLimit limit, long units)
    {
        for (var used = 0L; ;)
        {
            switch (await TakeAsync(instance, limit, units))
            {
                case SharedUsage.Held:
                    used += units;
                    break;
                case SharedUsage.Exceeded:
                    return used;
                default:
                    await Task.Delay(5);
                    break;
            }
        }
    }

    private UsageLeases[] NewMany(int count) => [.. Enumerable.Range(0, count).Select(_ => New(_time))];

    private UsageLeases New(ManualTime time) => new(new(_ledger, new InMemoryTraceQueue(_faults), _key, time), _ledger, new(_names, _key), time);

    private async Task<List<Entry>> EntriesAsync()
    {
        var owner = await new StreamNames(_names, _key).OfAsync("tool", "https://tool.test/", default);
        return await _ledger.ReadEntriesAsync(owner, 1, long.MaxValue, default).ToListAsync();
    }
}
