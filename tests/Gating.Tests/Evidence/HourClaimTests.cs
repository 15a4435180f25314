using Gating.Evidence;
using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Timelines;
using Shouldly;
using Xunit;

namespace Gating.Tests.Evidence;

/// <summary>An answer about a range against the entries that close its hours: nothing is left out, put in, or moved.</summary>
public sealed class HourClaimTests
{
    private static readonly Entry[] Entries = Some.Chain(StreamId.Create(), Head.New(default), 5, json: """{"v":1,"app":"studio"}""");

    private static readonly Timeline App = Timeline.TryCreate(TimelineKind.App, "studio", out var app) ? app : throw new InvalidOperationException();

    [Fact]
    public void A_whole_hour_holds()
    {
        var claim = Judge(Hour(), Entries)!;
        claim.Verdict.ShouldBe(Verdict.Holds);
        claim.Says.ShouldContain("1 hours");
        claim.Says.ShouldContain("5 entries");
    }

    [Fact]
    public void An_entry_that_is_left_out_put_in_twice_or_moved_fails()
    {
        for (var i = 0; i < Entries.Length; i++)
        {
            Judge(Hour(), [.. Entries[..i], .. Entries[(i + 1)..]])!.Verdict.ShouldBe(Verdict.Fails);
            Judge(Hour(), [.. Entries[..i], Entries[i], .. Entries[i..]])!.Verdict.ShouldBe(Verdict.Fails);
        }

        Judge(Hour(), [Entries[1], Entries[0], .. Entries[2..]])!.Verdict.ShouldBe(Verdict.Fails);
    }

    [Fact]
    public void What_is_of_another_hour_or_another_app_does_not_count()
    {
        var others = Some.Chain(StreamId.Create(), Head.New(default), 2, json: """{"v":1,"app":"other"}""");
        Judge(Hour(), [others[0], .. Entries, others[1]])!.Verdict.ShouldBe(Verdict.Holds);
    }

    [Fact]
    public void What_closes_no_hour_and_an_hour_that_is_closed_twice_fail()
    {
        Judge(Some.Chain(StreamId.Create(), Head.New(default), 1)[0], Entries)!.Verdict.ShouldBe(Verdict.Fails);
        using var claim = new HourClaim();
        claim.Add(EntryLine.Of(Hour(), EntryRole.Hour));
        claim.Add(EntryLine.Of(Hour(), EntryRole.Hour));
        foreach (var entry in Entries)
        {
            claim.Add(EntryLine.Of(entry, EntryRole.Answer));
        }

        claim.ToClaim()!.Verdict.ShouldBe(Verdict.Fails);
    }

    [Fact]
    public void Without_hours_nothing_is_claimed()
    {
        using var claim = new HourClaim();
        claim.Add(EntryLine.Of(Entries[0], EntryRole.Answer));
        claim.ToClaim().ShouldBeNull();
    }

    private static Entry Hour()
    {
        var closed = new ClosedHour(App, UtcHour.Of(Entries[0].Time), HourDigest.Of(Entries.Select(static entry => entry.Hash)), null);
        return new(StreamId.Create(), 1, EntryKind.HourClosed, Entries[0].Time, OperationId.Create(), closed.ToEntry(), default, EntryHash.FromBytes(System.Security.Cryptography.SHA256.HashData([])), EntryHash.Genesis);
    }

    private static Claim? Judge(Entry hour, Entry[] answer)
    {
        using var claim = new HourClaim();
        claim.Add(EntryLine.Of(hour, EntryRole.Hour));
        foreach (var entry in answer)
        {
            claim.Add(EntryLine.Of(entry, EntryRole.Answer));
        }

        return claim.ToClaim();
    }
}
