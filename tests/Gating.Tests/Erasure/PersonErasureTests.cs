using Gating.Access;
using Gating.Admission;
using Gating.Archive;
using Gating.Erasure;
using Gating.Holds;
using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Gating.Tests.Generations;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Erasure;

/// <summary>What is known of a person goes when its time is over and nothing stands in its way, whatever storage does, and the record stays what it was.</summary>
public sealed class PersonErasureTests(ITestOutputHelper output)
{
    private static readonly HoldStatement Statement = HoldStatement.Create("admin@example", "case 4711")!;

    private static readonly Dictionary<ErasureRefusal, Func<Office, Task<ErasureOutcome>>> Table = new()
    {
        [ErasureRefusal.PersonUnknown] = static office => office.Erasure.EraseAsync(StreamId.Create(), Office.Ada, "asked for", default),
        [ErasureRefusal.TooEarly] = static office => office.EraseAsync(),
        [ErasureRefusal.FilesKept] = static office =>
        {
            office.World.Gate.Time.Pass(ErasureRules.Kept);
            return office.EraseAsync();
        },
        [ErasureRefusal.Held] = static async office =>
        {
            await office.WaitAsync();
            await office.World.Holds.SetAsync(office.Person, HoldId.Create(), Statement, default);
            return await office.EraseAsync();
        },
        [ErasureRefusal.Suspended] = static async office =>
        {
            await office.WaitAsync();
            await office.World.Gate.ChangeStateAsync(static state => state with { Status = StreamStatus.Suspended });
            return await office.EraseAsync();
        },
        [ErasureRefusal.Changed] = static async office =>
        {
            await office.WaitAsync();
            var reading = office.World.Faults.HoldNext(StoreCall.ReadSettlement);
            var erasing = office.EraseAsync();
            await reading.Reached;
            await office.World.Gate.ChangeStateAsync(static state => state);
            reading.Release();
            return await erasing;
        },
        [ErasureRefusal.Busy] = static async office =>
        {
            await office.WaitAsync();
            var commit = office.World.Faults.HoldNext(StoreCall.Commit);
            Task[] All(int count) => [.. Enumerable.Range(0, count).Select(_ => office.World.Appender.AppendAsync(
                office.Operator, new Proposal<bool>(OperationId.Create(), [], static (state, _) => new(state, [new(EntryKind.Asked, "{\"v\":1}"u8.ToArray(), default)], [], null, null, true)), isNew: false))];
            var ahead = All(1);
            await commit.Reached;
            var waiting = All(Appender.MaxWaiting);
            var refused = await office.EraseAsync();
            commit.Release();
            await Task.WhenAll([.. ahead, .. waiting]);
            return refused;
        },
    };

    public static TheoryData<ErasureRefusal> Reasons => [.. Enum.GetValues<ErasureRefusal>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task Each_reason_has_a_request_that_meets_it_and_nothing_is_erased(ErasureRefusal reason)
    {
        var office = await Office.OpenAsync();
        (await Table[reason](office)).ShouldBe(new ErasureOutcome.Refused(reason));
        (await office.HeadAsync()).Salt.IsEmpty.ShouldBeFalse();
        (await office.OpenedAsync()).ShouldNotBeEmpty();
        (await office.World.Index.FindAsync(office.Content, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Nothing_leads_to_the_person_any_more_and_the_chain_is_what_it_was()
    {
        var office = await Office.OpenAsync();
        await office.WaitAsync();
        var before = await office.EntriesAsync();
        (await office.OpenedAsync()).ShouldAllBe(static opened => opened.Contains("alice"));

        (await office.EraseAsync()).ShouldBe(new ErasureOutcome.Done(IsMarked: false));
        await office.ShouldBeErasedAsync();
        var after = await office.EntriesAsync();
        after.Take(before.Count).Select(static entry => entry.Hash).ShouldBe(before.Select(static entry => entry.Hash));
        after.Skip(before.Count).Select(static entry => entry.Kind).ShouldBe([EntryKind.ErasureBegun, EntryKind.Erased]);
        (await office.OrdersAsync()).ShouldBe(1);

        // Again it is so, and nothing more is recorded.
        (await office.EraseAsync()).ShouldBe(new ErasureOutcome.Done(IsMarked: false));
        (await office.EntriesAsync()).Count.ShouldBe(after.Count);
        (await office.World.Holds.SetAsync(office.Person, HoldId.Create(), Statement, default)).ShouldBe(new HoldOutcome.Refused(HoldRefusal.PersonUnknown));
    }

    [Fact]
    public async Task Who_returns_is_somebody_new_also_where_an_instance_remembers_the_old_stream()
    {
        var office = await Office.OpenAsync();
        await office.WaitAsync();

        // The gate that admitted them has their name and their head in memory.
        await office.EraseAsync();
        var granted = (await office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>();
        granted.Terms.Person.ShouldNotBe(office.Person);
        granted.Terms.Seq.ShouldBe(1);
        (await office.HeadAsync()).State.Status.ShouldBe(StreamStatus.Erased);
        (await office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>().Terms.Person.ShouldBe(granted.Terms.Person);
    }

    [Fact]
    public async Task Who_returns_while_it_is_half_done_is_somebody_new_and_it_is_ended_later()
    {
        var office = await Office.OpenAsync();
        await office.WaitAsync();
        office.World.Faults.On(StoreCall.ListErasure, Fault.Before);
        await Should.ThrowAsync<StorageUnavailableException>(office.EraseAsync);
        (await office.HeadAsync()).State.Status.ShouldBe(StreamStatus.Erased);

        var granted = (await office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>();
        granted.Terms.Person.ShouldNotBe(office.Person);
        (await office.EraseAsync()).ShouldBe(new ErasureOutcome.Done(IsMarked: false));
        await office.ShouldBeErasedAsync();
        (await office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>().Terms.Person.ShouldBe(granted.Terms.Person);
    }

    [Fact]
    public async Task Of_who_is_revoked_the_bare_marker_stays_and_nothing_is_sealed_under_it()
    {
        var office = await Office.OpenAsync();
        await office.WaitAsync();
        await office.World.Gate.ChangeStateAsync(static state => state with { Status = StreamStatus.Revoked });
        office.World.Gate.Time.Pass(ErasureRules.Kept);

        (await office.EraseAsync()).ShouldBe(new ErasureOutcome.Done(IsMarked: true));
        (await office.OpenedAsync()).ShouldBeEmpty();
        (await office.World.Gate.NewNames().OfPersonAsync(GateFixture.Person(), default)).ShouldBeOfType<NamedStream.Found>().Stream.ShouldBe(office.Person);
        (await office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.PersonRevoked);
        var last = (await office.EntriesAsync())[^1];
        (last.Kind, last.Sealed.IsEmpty).ShouldBe((EntryKind.Refused, true));

        // Lifted, it is no stream to go on with: nobody could say whose it is.
        await office.World.Gate.ChangeStateAsync(static state => state with { Status = StreamStatus.Active });
        (await office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>().Terms.Person.ShouldNotBe(office.Person);
    }

    [Theory]
    [InlineData(Fault.Before, false)]
    [InlineData(Fault.Before, true)]
    [InlineData(Fault.After, false)]
    [InlineData(Fault.After, true)]
    [InlineData(Fault.Duplicate, false)]
    [InlineData(Fault.Duplicate, true)]
    public async Task Whatever_storage_does_the_same_request_again_goes_on(Fault fault, bool restarts)
    {
        var clean = await Office.OpenAsync();
        await clean.WaitAsync();
        var before = clean.World.Faults.AllCalls;
        await clean.EraseAsync();
        var calls = clean.World.Faults.AllCalls - before;
        calls.ShouldBeGreaterThan(15);
        for (var nth = 1L; nth <= calls; nth++)
        {
            var office = await Office.OpenAsync();
            await office.WaitAsync();
            office.World.Faults.OnAny(fault, nth);
            ErasureOutcome? outcome = null;
            for (var tries = 0; outcome is null && tries < 3; tries++)
            {
                outcome = await GenerationFixture.TryAsync(office.EraseAsync);
                if (restarts)
                {
                    office.Restart();
                }
            }

            outcome.ShouldBe(new ErasureOutcome.Done(IsMarked: false), $"call {nth}");
            await office.ShouldBeErasedAsync();
            (await office.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.Erased).ShouldBe(1);
        }

        output.WriteLine($"{calls} calls, each {fault}{(restarts ? ", and the process gone" : "")}");
    }

    [Fact]
    public async Task What_an_older_backup_brings_back_is_erased_again()
    {
        var office = await Office.OpenAsync();
        await office.WaitAsync();
        var backup = office.Backup();
        await office.EraseAsync();
        (await office.SweepAsync()).ShouldBe((1, 0));

        backup();
        await office.World.IndexAsync();
        office.Restart();
        (await office.OpenedAsync()).ShouldNotBeEmpty();
        (await office.SweepAsync()).ShouldBe((1, 0));
        await office.ShouldBeErasedAsync();
    }

    [Fact]
    public async Task A_hold_that_an_older_backup_brings_back_with_a_person_stands()
    {
        var office = await Office.OpenAsync();
        await office.WaitAsync();
        var hold = HoldId.Create();
        await office.World.Holds.SetAsync(office.Person, hold, Statement, default);
        var backup = office.Backup();
        await office.World.Holds.LiftAsync(office.Person, hold, Statement, default);
        office.World.Gate.Time.Pass(ErasureRules.Kept);
        (await office.EraseAsync()).ShouldBe(new ErasureOutcome.Done(IsMarked: false));

        backup();
        office.Restart();
        (await office.SweepAsync()).ShouldBe((1, 1));
        (await office.OpenedAsync()).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_hold_that_is_set_while_who_is_revoked_is_erased_stands()
    {
        var office = await Office.OpenAsync();
        await office.WaitAsync();
        await office.World.Gate.ChangeStateAsync(static state => state with { Status = StreamStatus.Revoked });
        office.World.Gate.Time.Pass(ErasureRules.Kept);
        var listing = office.World.Faults.HoldNext(StoreCall.ListErasure);
        var erasing = office.EraseAsync();
        await listing.Reached;
        (await office.World.Holds.SetAsync(office.Person, HoldId.Create(), Statement, default)).ShouldBeOfType<HoldOutcome.Done>();
        listing.Release();

        (await erasing).ShouldBe(new ErasureOutcome.Refused(ErasureRefusal.Held));
        (await office.OpenedAsync()).ShouldNotBeEmpty();
    }

    /// <summary>A person with an output whose time is over, over stores in memory.</summary>
    private sealed class Office
    {
        public static readonly Official Ada = new("https://desk.test", "ada", null);

        private readonly InMemoryErasureList _list;
        private SealedReader _sealed = null!;

        private Office() => _list = new(World.Faults);

        public GenerationFixture World { get; } = new();

        public PersonErasure Erasure { get; private set; } = null!;

        public StreamId Person { get; private set; }

        public StreamId Operator { get; private set; }

        public Gating.Generations.ContentId Content { get; private set; }

        public static async Task<Office> OpenAsync()
        {
            var office = new Office();
            (office.World.Gate.FirstTool["dossier"]!["securityAssessmentUntil"], office.World.Gate.FirstTool["dossier"]!["datasetAuditUntil"]) = ("2199-12-31", "2199-12-31");
            var generation = await office.World.BeginAsync();
            office.Person = generation.Person;
            office.Content = (await office.World.HandInAsync(generation, GenerationFixture.Png(1))).ShouldBeOfType<ArchiveOutcome.Archived>().Output.File.Content;
            await office.World.IndexAsync();
            office.Restart();
            office.Operator = await office.World.Gate.NewNames().OfAsync(StreamNames.Operator, StreamNames.Operator, default);
            return office;
        }

        public void Restart()
        {
            World.Restart();
            var names = World.Gate.NewNames();
            _sealed = new(World.Gate.Store, new(new byte[OperatorKey.Size]));
            var operators = new OperatorLedger(World.Gate.Store, World.Appender, names, _sealed);
            Erasure = new(World.Gate.Store, World.Appender, operators, _sealed, names, new OutputIndexing(World.Index), _list, World.Gate.Time);
        }

        /// <summary>Until the file is gone and the record's time is over.</summary>
        public async Task WaitAsync()
        {
            World.Gate.Time.Pass(ErasureRules.Kept + TimeSpan.FromDays(2));
            (await World.Retention.RunAsync(default)).Gone.ShouldBe(1);
            World.Gate.Time.Pass(ErasureRules.Kept);
        }

        /// <summary>Brings the person's rows back as they are now.</summary>
        public Action Backup()
        {
            (StoredHead? Head, KeyValuePair<long, Entry>[] Entries, KeyValuePair<SettlementId, SettlementRow>[] Settlements) kept = default;
            World.Gate.Ledger.Tamper(Person, rows => kept = (rows.Head, [.. rows.Entries], [.. rows.Settlements]));
            return () => World.Gate.Ledger.Tamper(Person, rows =>
            {
                rows.Head = kept.Head;
                rows.Entries.Clear();
                rows.Settlements.Clear();
                Array.ForEach(kept.Entries!, one => rows.Entries.Add(one.Key, one.Value));
                Array.ForEach(kept.Settlements!, one => rows.Settlements.Add(one.Key, one.Value));
            });
        }

        public Task<ErasureOutcome> EraseAsync() => Erasure.EraseAsync(Person, Ada, "asked for", default);

        public Task<(int Listed, int Left)> SweepAsync() => new ErasureSweep(Erasure, _list, NullLogger<ErasureSweep>.Instance).RunAsync(default);

        public async Task<Head> HeadAsync() => (await World.Gate.Ledger.ReadHeadAsync(Person, default))!.Head;

        public Task<List<Entry>> EntriesAsync() => EntriesAsync(Person);

        public async Task<int> OrdersAsync() => (await EntriesAsync(Operator)).Count(static entry => entry.Kind is EntryKind.ErasureOrdered);

        /// <summary>What can be read of sealed parts.</summary>
        public async Task<List<string>> OpenedAsync()
        {
            var opened = new List<string>();
            foreach (var entry in await EntriesAsync())
            {
                if (await _sealed.OpenAsync(entry, default) is { } bytes)
                {
                    opened.Add(System.Text.Encoding.UTF8.GetString(bytes));
                }
            }

            return opened;
        }

        public async Task ShouldBeErasedAsync()
        {
            (await HeadAsync()).Salt.IsEmpty.ShouldBeTrue();
            (await OpenedAsync()).ShouldBeEmpty();
            (await World.Index.FindAsync(Content, default)).ShouldBeNull();
            (await World.Gate.NewNames().OfPersonAsync(GateFixture.Person(), default)).ShouldBeOfType<NamedStream.Found>().Stream.ShouldNotBe(Person);
            (await _list.ReadAsync(default).ToListAsync()).ShouldBe([Person]);
            (await StreamVerifier.VerifyAsync(World.Gate.Ledger, Person, default)).Findings.ShouldBeEmpty();
            World.Faults.Violations.ShouldBeEmpty();
            await World.ShouldBeAnnouncedAsync(Person);
        }

        private async Task<List<Entry>> EntriesAsync(StreamId stream) => await World.Gate.Ledger.ReadEntriesAsync(stream, 1, long.MaxValue, default).ToListAsync();
    }
}
