using System.Globalization;
using Gating.Clients;
using Gating.Ledger;
using Gating.Testing;
using Shouldly;
using Xunit;

namespace Gating.Tests.Clients;

public sealed class UsedIdsTests
{
    private readonly ManualTime _time = ManualTime.AtNoon();

    [Fact]
    public void An_id_is_good_once()
    {
        var used = new UsedIds(10, _time);

        used.Use(Id(1)).ShouldBe(UsedIdAnswer.Fresh);
        used.Use(Id(1)).ShouldBe(UsedIdAnswer.Replayed);
        used.Use(Id(2)).ShouldBe(UsedIdAnswer.Fresh);
    }

    [Fact]
    public void It_is_remembered_for_as_long_as_it_can_be_presented()
    {
        var used = new UsedIds(10, _time);
        used.Use(Id(1));

        _time.Pass(UsedIds.Life - TimeSpan.FromTicks(1));
        used.Use(Id(1)).ShouldBe(UsedIdAnswer.Replayed);

        UsedIds.Life.ShouldBeGreaterThanOrEqualTo(ClientTimes.MaxLife + ClientTimes.Ahead);
    }

    [Fact]
    public void When_full_it_refuses_and_forgets_nothing_that_is_live()
    {
        var used = new UsedIds(3, _time);
        for (var i = 0; i < 3; i++)
        {
            used.Use(Id(i)).ShouldBe(UsedIdAnswer.Fresh);
            _time.Pass(TimeSpan.FromSeconds(1));
        }

        used.Use(Id(9)).ShouldBe(UsedIdAnswer.TooMany);
        used.Use(Id(0)).ShouldBe(UsedIdAnswer.Replayed);

        // The oldest leaves when its time has come, and makes room for exactly one.
        _time.Pass(UsedIds.Life - TimeSpan.FromSeconds(3));
        used.Use(Id(9)).ShouldBe(UsedIdAnswer.Fresh);
        used.Use(Id(10)).ShouldBe(UsedIdAnswer.TooMany);
    }

    [Fact]
    public void Of_many_who_present_one_id_at_once_one_is_first()
    {
        var used = new UsedIds(10_000, _time);
        var fresh = new int[100];

        Parallel.For(0, 20_000, i =>
        {
            if (used.Use(Id(i % 100)) == UsedIdAnswer.Fresh)
            {
                Interlocked.Increment(ref fresh[i % 100]);
            }
        });

        fresh.ShouldAllBe(count => count == 1);
    }

    private static KeyHash Id(int number) => KeyHash.Of("proof", number.ToString(CultureInfo.InvariantCulture));
}
