using System.Collections.Frozen;
using System.Text;
using Gating.Admission;
using Gating.Identity;
using Gating.Ledger;
using Gating.Registry;
using Gating.Testing;
using Gating.Testing.Storage;
using Gating.Usage.Leases;
using Shouldly;
using Xunit;

namespace Gating.Tests.Ledger.Append;

/// <summary>Ten refusals of a person in a minute are entries; the rest is one entry with a count.</summary>
public sealed class RefusalTallyTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly LedgerWorld _world = new();
    private readonly ManualTime _time = ManualTime.Stepped();
    private readonly Appender _appender;

    public RefusalTallyTests() => _appender = new(_world.Store, _world.Queue, LedgerWorld.Key, _time);

    [Fact]
    public async Task Ten_refusals_a_minute_are_entries_and_the_rest_is_counted()
    {
        for (var i = 0; i < 25; i++)
        {
            await RefuseAsync();
        }

        (await EntriesAsync(10)).ShouldAllBe(entry => entry.Kind == EntryKind.Refused);
        await _world.AppendAsync(by: _appender);
        Counted((await EntriesAsync(12))[^1]).ShouldBe(Counts(RefusalReason.AppStopped.Code(), 15));
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task The_next_minute_has_ten_again()
    {
        for (var i = 0; i < 10; i++)
        {
            await RefuseAsync();
        }

        _time.Pass(Minute);
        await RefuseAsync();
        (await EntriesAsync(11))[^1].Kind.ShouldBe(EntryKind.Refused);
    }

    [Fact]
    public async Task The_next_commit_writes_what_was_counted()
    {
        await CountAsync(3);
        (await _world.AppendAsync(by: _appender)).ShouldBeOfType<AppendOutcome<bool>.Done>().Entries.ShouldHaveSingleItem().Kind.ShouldBe(EntryKind.Granted);
        Counted((await EntriesAsync(2))[^1]).ShouldBe(Counts("limit", 3));
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Without_another_commit_the_count_is_written_after_a_minute()
    {
        for (var minute = 1; minute <= 2; minute++)
        {
            await CountAsync(minute);
            _time.Delays.Count.ShouldBe(minute);
            _time.Pass(Minute);
            Counted((await EntriesAsync(minute))[^1]).ShouldBe(Counts("limit", minute));
        }

        _time.Delays.ShouldAllBe(delay => delay == Minute);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task What_was_written_is_not_written_again()
    {
        await CountAsync(3);
        await _world.AppendAsync(by: _appender);
        await _world.AppendAsync(by: _appender);
        _time.Pass(Minute);
        (await EntriesAsync(3)).Count(entry => entry.Kind == EntryKind.RefusedMany).ShouldBe(1);
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    public async Task A_count_that_could_not_be_written_is_kept(Fault fault)
    {
        await CountAsync(3);
        using (_world.Faults.Outage(Fault.Before, StoreCall.ReadEntry))
        {
            _world.Faults.On(StoreCall.Commit, fault);
            await Should.ThrowAsync<StorageUnavailableException>(_world.AppendAsync(by: _appender));
        }

        await _world.AppendAsync(by: _appender);
        Counted((await EntriesAsync(fault == Fault.Before ? 2 : 4))[^1]).ShouldBe(Counts("limit", 3));
        await _world.ShouldBeSoundAsync();
    }

    private async Task CountAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            (await _world.AppendAsync(limit: 0, by: _appender)).ShouldBeOfType<AppendOutcome<bool>.Done>().Entries.ShouldBeEmpty();
        }
    }

    /// <summary>The rules refuse a person whose app is not in the registry.</summary>
    private async Task RefuseAsync()
    {
        var app = new App("studio", "Studio", RegistryStatus.Active, [], [], FrozenDictionary<string, System.Collections.Immutable.ImmutableArray<string>>.Empty, []);
        var identity = new VerifiedIdentity("https://issuer.example", "alice", null, Assurance.None, null, DateTimeOffset.MaxValue);
        var detail = MediaDetail.Parse("""[{"type":"synthetic_media","operation":"face_swap","units":1}]"""u8, out var problem).ShouldNotBeNull(problem);
        var request = new AdmissionRequest(app, identity, "https://tools.example/face-swap", detail, null, null, null, null);
        var registry = new RegistrySnapshot(
            1, FrozenDictionary<string, App>.Empty, FrozenDictionary<string, Tool>.Empty, FrozenDictionary<string, Issuer>.Empty, [], _time.GetTimestamp());
        var question = AdmissionQuestion.Of(request, registry, LedgerWorld.Stream, null, SharedUsage.Nothing, _time.GetUtcNow(), Minute.Ticks);
        var proposal = new Proposal<AdmissionAnswer>(OperationId.Create(), question.Keys, (state, time) => AdmissionRules.Decide(question, state, time));
        var outcome = await _appender.AppendAsync(LedgerWorld.Stream, proposal, isNew: false);
        outcome.ShouldBeOfType<AppendOutcome<AdmissionAnswer>.Done>().Answer.ShouldBeOfType<AdmissionAnswer.Refused>().Refusal.Reason.ShouldBe(RefusalReason.AppStopped);
    }

    private static string Counts(string reason, int count) => $$$"""{"v":1,"refusals":{"{{{reason}}}":{{{count}}}}}""";

    private static string Counted(Entry entry)
    {
        entry.Kind.ShouldBe(EntryKind.RefusedMany);
        return Encoding.UTF8.GetString(entry.Public.Span);
    }

    /// <summary>All entries, once there are so many; more are wrong.</summary>
    private async Task<List<Entry>> EntriesAsync(int count)
    {
        await Eventually.TrueAsync(() =>
        {
            var stored = 0;
            _world.Store.Tamper(LedgerWorld.Stream, rows => stored = rows.Entries.Count);
            return stored >= count;
        });
        var entries = new List<Entry>();
        await foreach (var entry in _world.Store.ReadEntriesAsync(LedgerWorld.Stream, 1, long.MaxValue, default))
        {
            entries.Add(entry);
        }

        entries.Count.ShouldBe(count);
        return entries;
    }
}
