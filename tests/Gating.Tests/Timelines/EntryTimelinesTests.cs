using System.Text;
using Gating.Ledger;
using Gating.Tests.Generations;
using Gating.Timelines;
using Shouldly;
using Xunit;

namespace Gating.Tests.Timelines;

/// <summary>Which timelines an entry is on, by what it says in public.</summary>
public sealed class EntryTimelinesTests
{
    [Theory]
    [InlineData(EntryKind.Granted, """{"v":2,"app":"a","tool":"https://t.test/x","issuer":"https://i.test","iat":1}""", "app a, tool https://t.test/x, issuer https://i.test")]
    [InlineData(EntryKind.Granted, """{"v":1,"app":"a","tool":"https://t.test/x","iat":1}""", "app a, tool https://t.test/x")]
    [InlineData(EntryKind.Refused, """{"v":2,"app":"a","tool":"https://t.test/x","issuer":"https://i.test","reason":"quota_exceeded"}""", "app a, tool https://t.test/x, issuer https://i.test")]
    [InlineData(EntryKind.Refused, """{"v":2,"app":"a","tool":"https://nobody.test","issuer":"https://i.test","reason":"tool_unknown"}""", "app a, issuer https://i.test")]
    [InlineData(EntryKind.Redeemed, """{"v":1,"app":"a","tool":"t","grant":1}""", "app a, tool t")]
    [InlineData(EntryKind.Archived, """{"v":1,"app":"a","tool":"t","content":"x"}""", "app a, tool t")]
    [InlineData(EntryKind.Reported, """{"v":1,"app":"a","tool":"t","status":"failed"}""", "app a, tool t")]
    [InlineData(EntryKind.ReleasedUnlabelled, """{"v":1,"app":"a","tool":"t","reason":"a film"}""", "app a, tool t")]
    [InlineData(EntryKind.Removed, """{"v":1,"app":"a","tool":"t","output":1}""", "app a, tool t")]
    [InlineData(EntryKind.AppRefusals, """{"v":1,"app":"a","refusals":{"token_expired":3}}""", "app a")]
    [InlineData(EntryKind.FiltersActive, """{"v":1,"app":"a","tool":"t","rules":"1","until":1}""", "app a, tool t")]
    [InlineData(EntryKind.RefusedMany, """{"v":1,"refusals":{"quota_exceeded":3}}""", "")]
    [InlineData(EntryKind.HoldSet, """{"v":1,"app":"a"}""", "")]
    [InlineData(EntryKind.StatusChanged, """{"v":1,"tool":"t"}""", "")]
    [InlineData(EntryKind.HourClosed, """{"v":1,"timeline":"app","id":"a","app":"a"}""", "")]
    [InlineData(EntryKind.Granted, """{"v":2,"app":7,"tool":"","issuer":null}""", "")]
    [InlineData(EntryKind.Granted, """{"v":2,"app":"\ud800","tool":"täglich"}""", "")]
    [InlineData(EntryKind.Granted, """["app","a"]""", "")]
    [InlineData(EntryKind.Granted, "no json", "")]
    [InlineData((EntryKind)999, """{"v":1,"app":"a"}""", "")]
    public void It_is_on_those_of_whom_it_names(EntryKind kind, string json, string expected)
    {
        var entry = GenerationEntriesTests.EntryOf(kind, Encoding.UTF8.GetBytes(json));
        string.Join(", ", EntryTimelines.Of(entry)).ShouldBe(expected);
        EntryTimelines.RowsOf(entry).ShouldAllBe(row => row.Item == TimelineItem.Of(entry));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(256, true)]
    [InlineData(257, false)]
    [InlineData(0, false)]
    public void An_id_is_as_long_as_one_in_the_registry(int length, bool isOne) => Timeline.TryCreate(TimelineKind.Tool, new('/', length), out _).ShouldBe(isOne);

    [Fact]
    public void Hours_positions_and_work_are_read_back_from_their_texts_and_from_nothing_else()
    {
        var hour = UtcHour.Of(new DateTimeOffset(2026, 5, 4, 14, 59, 59, 999, TimeSpan.FromHours(2)));
        (hour.ToString(), hour.End - hour.Start).ShouldBe(("2026050412", TimeSpan.FromHours(1)));
        UtcHour.TryParse("2026050412", out var read).ShouldBeTrue();
        read.ShouldBe(hour);
        foreach (var text in new[] { null, "", "202605041", "20260504123", "2026053212", "2026050424", " 2026050412" })
        {
            UtcHour.TryParse(text, out _).ShouldBeFalse(text);
        }

        var position = new TimelinePosition(hour.Start.AddMilliseconds(7), new(new(0, 77)), 3);
        TimelinePosition.TryParse(position.ToString(), out var back).ShouldBeTrue();
        back.ShouldBe(position);
        foreach (var text in new[] { null, "", "1.2.3", $"-1.{new StreamId(new(0, 7))}.1", $"99999999999999999.{new StreamId(new(0, 7))}.1", $"1.{new StreamId(new(0, 7))}.-1", $"1.{new StreamId(new(0, 7))}.1.1" })
        {
            TimelinePosition.TryParse(text, out _).ShouldBeFalse(text);
        }

        Timeline.TryCreate(TimelineKind.Tool, "https://t.test/a;b", out var tool).ShouldBeTrue();
        var work = new HourWork(hour.Next, tool, hour);
        HourWork.TryParse(work.ToString(), out var same).ShouldBeTrue();
        same.ShouldBe(work);
        foreach (var text in new[] { null, "", "2026050412", "2026050412;2026050412;tool;", "2026050412;2026050412;nobody;t", "2026050412;20260504;tool;t" })
        {
            HourWork.TryParse(text, out _).ShouldBeFalse(text);
        }
    }

    [Fact]
    public void A_part_of_a_millisecond_is_rounded_up_where_a_span_begins()
    {
        var time = new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);
        TimelinePosition.Before(time).Time.ShouldBe(time);
        TimelinePosition.Before(time.AddTicks(1)).Time.ShouldBe(time.AddMilliseconds(1));
        TimelinePosition.Before(time.AddTicks(-1)).Time.ShouldBe(time);
    }
}
