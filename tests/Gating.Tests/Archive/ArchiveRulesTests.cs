using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Tests.Archive;

/// <summary>The limits of time, to the millisecond: an output is recorded before the one, a file without an entry is an orphan from the other, and nothing goes before its own or under a hold.</summary>
public sealed class ArchiveRulesTests
{
    private static readonly DateTimeOffset At = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Generation Begun = new(new(new(0, 1)), 5, At, "app", "tool", 4, 1, "", [ContentId.Create(At)]);
    private static readonly EntryDraft Entry = new(EntryKind.Archived, "{\"v\":1}"u8.ToArray(), default);
    private static readonly ArchivedOutput Output = new(new(new(0, 1)), 6, "app", "tool", 5, 1, new(Begun.Contents[0], "image/png", 1, default, default, At.AddDays(184)), "{}", null);

    [Theory]
    [InlineData(0, true)]
    [InlineData(25 * 3600 * 1000, false)]
    [InlineData((25 * 3600 * 1000) - 1, true)]
    [InlineData(long.MaxValue / 100_000, false)]
    public void An_output_is_recorded_for_an_hour_after_its_generation_closed(long milliseconds, bool isRecorded)
    {
        var decided = ArchiveRules.Record(Begun, 1, Entry, StreamState.New, new(At.AddMilliseconds(milliseconds), 0));
        decided.Answer.ShouldBe(isRecorded);
        decided.Entries.Length.ShouldBe(isRecorded ? 1 : 0);
        decided.Settles.ShouldBe(isRecorded ? new SettlementId(5, 1) : null);
    }

    [Fact]
    public void Between_the_last_entry_and_the_first_orphan_lies_an_hour() =>
        (ArchiveRules.OrphanFrom(Begun) - ArchiveRules.RecordedUntil(Begun)).ShouldBe(TimeSpan.FromHours(1));

    [Theory]
    [InlineData(0, 0, nameof(RemovalAnswer.Removed))]
    [InlineData(-1, 0, nameof(RemovalAnswer.NotDue))]
    [InlineData(0, 1, nameof(RemovalAnswer.Held))]
    [InlineData(9999, 2, nameof(RemovalAnswer.Held))]
    [InlineData(-1, 1, nameof(RemovalAnswer.Held))]
    public void A_file_goes_when_its_time_is_over_and_no_hold_stands(long milliseconds, int holds, string expected)
    {
        var state = StreamState.New with { Holds = new([.. Enumerable.Range(1, holds).Select(static id => new HoldId(new(0, (ulong)id)))], [new HoldId(new(0, 99))]) };
        var decided = ArchiveRules.Remove(Output, Entry, state, new(Output.File.RetainUntil.AddMilliseconds(milliseconds), 0));
        decided.Answer.ToString().ShouldBe(expected);
        decided.Entries.Length.ShouldBe(expected is nameof(RemovalAnswer.Removed) ? 1 : 0);
        decided.Settles.ShouldBe(expected is nameof(RemovalAnswer.Removed) ? new SettlementId(6, 1) : null);
        decided.State.ShouldBe(state);
    }

    [Fact]
    public void A_release_and_a_removal_settle_apart() => Output.Release.ShouldNotBe(Output.Removal);
}
