using System.Text;
using Gating.Access;
using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
using Gating.Mandates;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Gating.Tracing;
using Gating.Unmasking;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Desk;

/// <summary>Every call to storage of the whole way from a proposal to a person's name goes wrong, each in each way: nothing is told that was not recorded, and nothing is told twice.</summary>
public sealed class DeskFaultsTests(ITestOutputHelper output)
{
    private static readonly Official Ada = new("https://desk.test", "ada", null);
    private static readonly Official Ben = new("https://desk.test", "ben", null);
    private static readonly Official Rita = new("https://desk.test", "rita", null);

    [Theory]
    [InlineData(Fault.Before, false)]
    [InlineData(Fault.Before, true)]
    [InlineData(Fault.After, false)]
    [InlineData(Fault.After, true)]
    [InlineData(Fault.Duplicate, false)]
    [InlineData(Fault.Duplicate, true)]
    public async Task Whatever_storage_does_the_same_request_again_goes_on(Fault fault, bool restarts)
    {
        var clean = new Office();
        await clean.BeginAsync();
        var before = clean.World.Faults.AllCalls;
        await clean.WorkAsync(restarts: false);
        var calls = clean.World.Faults.AllCalls - before;
        calls.ShouldBeGreaterThan(30);
        for (var nth = 1L; nth <= calls; nth++)
        {
            var office = new Office();
            await office.BeginAsync();
            office.World.Faults.OnAny(fault, nth);
            await office.WorkAsync(restarts);
            await office.ShouldBeSoundAsync();
        }

        output.WriteLine($"{calls} calls, each {fault}{(restarts ? ", and the process gone" : "")}");
    }

    /// <summary>Who sits at the desk, over stores in memory.</summary>
    private sealed class Office
    {
        private MandateDesk _mandates = null!;
        private TraceDesk _trace = null!;
        private UnmaskDesk _unmask = null!;
        private ContentId _content;
        private StreamId _person;
        private StreamNames _names = null!;
        private int _failures;
        private int _told;
        private long _question;

        public GenerationFixture World { get; } = new();

        public async Task BeginAsync()
        {
            var generation = await World.BeginAsync();
            _person = generation.Person;
            _content = (await World.HandInAsync(generation, GenerationFixture.Png(1))).ShouldBeOfType<ArchiveOutcome.Archived>().Output.File.Content;
            await World.IndexAsync();
            Restart();
        }

        public async Task WorkAsync(bool restarts)
        {
            var now = World.Gate.Time.GetUtcNow();
            var terms = new MandateTerms(Rita, "p", "l", "c", new([], [], [], now.AddDays(-1), now.AddDays(1), MandateFields.Identity), now.AddDays(10));
            var mandate = Done(await AgainAsync(restarts, () => _mandates.ProposeAsync(terms, Ada, default)));
            Done(await AgainAsync(restarts, () => _mandates.ApproveAsync(mandate, Ben, default))).ShouldBe(mandate);

            var filter = new TraceFilter(_content, null, null, null, null, null, null, null, null);
            var holder = new RoleHolder(Rita, IsAdmin: false, IsRegulator: true, IsStrong: true, new("", TimeSpan.Zero));
            var answer = (await AgainAsync(restarts, () => _trace.AskAsync(holder, mandate, filter, null, 10, default))).ShouldBeOfType<TraceOutcome.Answered>();
            answer.Entries.Select(static entry => entry.Entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived]);
            _question = answer.Question;

            // An answer that was lost after it was recorded counts as told: then the way is gone once more.
            for (var told = false; !told;)
            {
                var request = Done(await AgainAsync(restarts, () => _unmask.RequestAsync(mandate, Rita, _person, "r", default)));
                Done(await AgainAsync(restarts, () => _unmask.ApproveAsync(request, Ben, default))).ShouldBe(request);
                switch (await AgainAsync(restarts, () => _unmask.TellAsync(request, Rita, default)))
                {
                    case UnmaskOutcome.Told { Identities: [var identity] }:
                        Encoding.UTF8.GetString(identity.Span).ShouldContain("alice");
                        told = true;
                        _told++;
                        break;
                    case UnmaskOutcome.Refused { Reason: UnmaskRefusal.Told }:
                        _failures.ShouldBe(1);
                        break;
                    case var other:
                        throw new ShouldAssertException(other.ToString());
                }

                (await AgainAsync(restarts, () => _unmask.TellAsync(request, Rita, default))).ShouldBe(new UnmaskOutcome.Refused(UnmaskRefusal.Told));
            }

            Done(await AgainAsync(restarts, () => _mandates.WithdrawAsync(mandate, Ada, default))).ShouldBe(mandate);
            (await AgainAsync(restarts, () => _trace.AskAsync(holder, mandate, filter, null, 10, default))).ShouldBe(new TraceOutcome.Refused(MandateRefusal.Withdrawn));
        }

        public async Task ShouldBeSoundAsync()
        {
            _failures.ShouldBeLessThanOrEqualTo(1);
            _told.ShouldBe(1);
            World.Faults.Violations.ShouldBeEmpty();
            foreach (var (kind, id) in new[] { (StreamNames.Operator, StreamNames.Operator), (StreamNames.Regulator, $"{Rita.Issuer}\n{Rita.Subject}") })
            {
                var stream = await _names.OfAsync(kind, id, default);
                (await StreamVerifier.VerifyAsync(World.Gate.Ledger, stream, default)).Findings.ShouldBeEmpty();
                await World.ShouldBeAnnouncedAsync(stream);
            }

            var asked = await World.Gate.Ledger.ReadEntryAsync(await _names.OfAsync(StreamNames.Regulator, $"{Rita.Issuer}\n{Rita.Subject}", default), _question, default);
            asked!.Kind.ShouldBe(EntryKind.Asked);
            var entries = new List<EntryKind>();
            await foreach (var entry in World.Gate.Ledger.ReadEntriesAsync(await _names.OfAsync(StreamNames.Operator, StreamNames.Operator, default), 1, long.MaxValue, default))
            {
                entries.Add(entry.Kind);
            }

            entries.Count(static kind => kind is EntryKind.MandateApproved).ShouldBe(1);
            entries.Count(static kind => kind is EntryKind.MandateWithdrawn).ShouldBe(1);
            entries.Count(static kind => kind is EntryKind.Unmasked).ShouldBe(entries.Count(static kind => kind is EntryKind.UnmaskApproved));
        }

        private void Restart()
        {
            World.Restart();
            _names = World.Gate.NewNames();
            var sealedParts = new SealedReader(World.Gate.Store, new(new byte[OperatorKey.Size]));
            var operators = new OperatorLedger(World.Gate.Store, World.Appender, _names, sealedParts);
            _mandates = new(operators, World.Gate.Time);
            _trace = new(World.Appender, _names, _mandates, new(World.Gate.Store, World.Index, World.Outputs, new(new InMemoryTimelineStore(World.Faults))), World.Gate.Time);
            _unmask = new(World.Gate.Store, operators, sealedParts, _mandates, World.Gate.Time);
        }

        private async Task<T> AgainAsync<T>(bool restarts, Func<Task<T>> request)
            where T : class
        {
            while (true)
            {
                if (await GenerationFixture.TryAsync(request) is { } answer)
                {
                    return answer;
                }

                _failures++;
                if (restarts)
                {
                    Restart();
                }
            }
        }

        private static long Done(MandateOutcome outcome) => outcome.ShouldBeOfType<MandateOutcome.Done>().Mandate;

        private static long Done(UnmaskOutcome outcome) => outcome.ShouldBeOfType<UnmaskOutcome.Done>().Request;
    }
}
