using Gating.Ledger;
using Gating.Revocation;
using Gating.Revocation.Bulk;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gating.Tests.Revocation.Bulk;

/// <summary>Orders for many people over stores in memory: carried out to the end whatever storage does, each person once, and by nobody's word alone.</summary>
public sealed class BulkRunTests
{
    private const int Many = 5;

    private BulkRun _run = null!;
    private BulkDesk _desk = null!;
    private BulkSweep _sweep = null!;

    [Fact]
    public async Task Two_admins_stop_many_and_one_of_them_is_lifted_alone()
    {
        var (office, people) = await NewAsync();
        var proposed = Done(await _desk.ProposeAsync(Order(people), RevocationOffice.Ada, default));
        proposed.Progress.ShouldBe(new(BulkStanding.Proposed, 0, 0));
        (await _desk.ApproveAsync(proposed.Bulk.Id, RevocationOffice.Ada, default)).ShouldBe(new BulkOutcome.Refused(BulkRefusal.SameHuman));
        await _sweep.RunAsync(default);
        (await StoppedAsync(office, people)).ShouldBe(0);

        Done(await _desk.ApproveAsync(proposed.Bulk.Id, RevocationOffice.Ben, default)).Progress.Standing.ShouldBeOneOf(BulkStanding.Running, BulkStanding.Ended);
        await EndedAsync(proposed.Bulk.Id);
        (await _desk.FindAsync(proposed.Bulk.Id, default))!.Value.Progress.ShouldBe(new(BulkStanding.Ended, Many, 0));
        (await StoppedAsync(office, people)).ShouldBe(Many);
        (await _desk.DeclineAsync(proposed.Bulk.Id, RevocationOffice.Ben, default)).ShouldBe(new BulkOutcome.Refused(BulkRefusal.Decided));
        Done(await _desk.ApproveAsync(proposed.Bulk.Id, RevocationOffice.Ben, default)).Progress.Standing.ShouldBe(BulkStanding.Ended);

        var revocations = (await office.Desk.ListAsync(null, 100, default)).Revocations;
        revocations.Length.ShouldBe(Many);
        revocations.ShouldAllBe(static one => one.Standing == RevocationStanding.Standing && one.Revocation.By == RevocationOffice.Ada);
        RevocationOffice.Done(await office.Desk.LiftAsync(revocations[0].Revocation.Id, "not this one", RevocationOffice.Ben, default)).Standing.ShouldBe(RevocationStanding.Lifted);
        await _sweep.RunAsync(default);
        (await StoppedAsync(office, people)).ShouldBe(Many - 1);
        await office.ShouldBeSoundAsync(people[0]);
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.Duplicate)]
    public async Task Whatever_storage_does_the_next_run_goes_on_with_the_others(Fault fault)
    {
        for (var nth = 1L; ; nth++)
        {
            var (office, people) = await NewAsync();
            var bulk = Done(await _desk.ProposeAsync(Order(people), RevocationOffice.Ada, default)).Bulk;
            await ApproveOnlyAsync(office, bulk);
            office.World.Faults.OnAny(fault, nth);
            try
            {
                await _run.RunAsync(bulk, default);
            }
            catch (StorageUnavailableException)
            {
                // Another process comes later, and finds what is left by itself.
                office.Restart();
                Compose(office);
            }

            var met = office.World.Faults.Revive();
            office.World.Gate.Time.Pass(TimeSpan.FromMinutes(5));
            await _sweep.RunAsync(default);
            (await _desk.FindAsync(bulk.Id, default))!.Value.Progress.ShouldBe(new(BulkStanding.Ended, Many, 0));
            (await StoppedAsync(office, people)).ShouldBe(Many);
            foreach (var person in people)
            {
                (await office.EntriesAsync(person)).Count(static entry => entry.Kind is EntryKind.StatusChanged).ShouldBe(1);
            }

            // Whoever's answer was lost may stand there twice; nobody is missing, and there is one end.
            var entries = await office.EntriesAsync(await office.OperatorAsync());
            entries.Count(static entry => entry.Kind is EntryKind.Revoked).ShouldBeInRange(Many, Many + 1);
            entries.Count(static entry => entry.Kind is EntryKind.BulkEnded).ShouldBe(1);
            await office.ShouldBeSoundAsync(people[^1]);
            if (!met)
            {
                nth.ShouldBeGreaterThan(3 * Many);
                return;
            }
        }
    }

    [Fact]
    public async Task Who_cannot_be_stopped_keeps_nobody_else_from_it()
    {
        var (office, people) = await NewAsync();
        var erased = ((NamedStream.Found)await office.World.Gate.Names.OfPersonAsync(GateFixture.Person(NameOf(1)), default)).Stream;
        await office.World.Appender.AppendAsync(
            erased, new Proposal<bool>(OperationId.Create(), [], static (state, _) => new(state with { Status = StreamStatus.Erased }, [new(EntryKind.ErasureBegun, "{\"v\":1}"u8.ToArray(), default)], [], null, null, true)), isNew: false);
        var bulk = Done(await _desk.ProposeAsync(Order(people), RevocationOffice.Ada, default)).Bulk;
        await ApproveOnlyAsync(office, bulk);
        await _run.RunAsync(bulk, default);
        (await _desk.FindAsync(bulk.Id, default))!.Value.Progress.ShouldBe(new(BulkStanding.Ended, Many - 1, 1));
    }

    [Fact]
    public async Task A_run_of_what_was_declined_stops_nobody()
    {
        var (office, people) = await NewAsync();
        var bulk = Done(await _desk.ProposeAsync(Order(people), RevocationOffice.Ada, default)).Bulk;
        await _run.RunAsync(bulk, default);
        Done(await _desk.DeclineAsync(bulk.Id, RevocationOffice.Ben, default));
        await _run.RunAsync(bulk, default);
        (await StoppedAsync(office, people)).ShouldBe(0);
    }

    [Fact]
    public async Task Who_is_left_is_stopped_by_the_next_run()
    {
        var (office, people) = await NewAsync();
        var bulk = Done(await _desk.ProposeAsync(Order(people), RevocationOffice.Ada, default)).Bulk;
        await ApproveOnlyAsync(office, bulk);

        // More wait for one person's record than may: that one is told to come again.
        var commit = office.World.Faults.HoldNext(StoreCall.Commit);
        var proposal = new Proposal<bool>(OperationId.Create(), [], static (state, _) => new(state, [], [], null, null, true));
        var first = office.World.Appender.AppendAsync(people[0], proposal with { Decide = static (state, _) => new(state, [new(EntryKind.StatusChanged, "{\"v\":1,\"status\":\"lifted\"}"u8.ToArray(), default)], [], null, null, true) }, isNew: false);
        await commit.Reached;
        var waiting = Enumerable.Range(0, Appender.MaxWaiting).Select(_ => office.World.Appender.AppendAsync(people[0], proposal with { Operation = OperationId.Create() }, isNew: false)).ToArray();
        await _run.RunAsync(bulk, default);
        (await _desk.FindAsync(bulk.Id, default))!.Value.Progress.ShouldBe(new(BulkStanding.Running, Many - 1, 0));
        commit.Release();
        await Task.WhenAll(waiting.Append(first));
        await _run.RunAsync(bulk, default);
        (await _desk.FindAsync(bulk.Id, default))!.Value.Progress.ShouldBe(new(BulkStanding.Ended, Many, 0));
        (await StoppedAsync(office, people)).ShouldBe(Many);
    }

    [Fact]
    public async Task Nobody_and_yesterday_are_refused_and_what_is_declined_is_over()
    {
        var (office, people) = await NewAsync();
        (await _desk.ProposeAsync(Order([]), RevocationOffice.Ada, default)).ShouldBe(new BulkOutcome.Refused(BulkRefusal.Nobody));
        var now = office.World.Gate.Time.GetUtcNow();
        (await _desk.ProposeAsync(Order(people) with { Until = now }, RevocationOffice.Ada, default)).ShouldBe(new BulkOutcome.Refused(BulkRefusal.Over));
        var late = Done(await _desk.ProposeAsync(Order(people) with { Until = now.AddMinutes(1) }, RevocationOffice.Ada, default)).Bulk;
        office.World.Gate.Time.Pass(TimeSpan.FromMinutes(2));
        (await _desk.ApproveAsync(late.Id, RevocationOffice.Ben, default)).ShouldBe(new BulkOutcome.Refused(BulkRefusal.Over));
        Done(await _desk.DeclineAsync(late.Id, RevocationOffice.Ada, default)).Progress.Standing.ShouldBe(BulkStanding.Declined);
        (await _desk.ApproveAsync(99, RevocationOffice.Ben, default)).ShouldBe(new BulkOutcome.Refused(BulkRefusal.Unknown));
        await _sweep.RunAsync(default);
        (await StoppedAsync(office, people)).ShouldBe(0);
    }

    [Fact]
    public async Task A_run_that_another_is_at_waits_and_an_idle_one_reads_nothing_again()
    {
        var (office, people) = await NewAsync();
        var bulk = Done(await _desk.ProposeAsync(Order(people), RevocationOffice.Ada, default)).Bulk;
        await ApproveOnlyAsync(office, bulk);

        // Somebody else has just recorded one.
        RevocationOffice.Done(await office.Desk.CarryOutAsync(bulk.StopOf(people[0]), bulk.Order.For(people[0]), bulk.By, default));
        await _sweep.RunAsync(default);
        (await StoppedAsync(office, people)).ShouldBe(1);
        office.World.Gate.Time.Pass(TimeSpan.FromMinutes(3));
        await _sweep.RunAsync(default);
        (await StoppedAsync(office, people)).ShouldBe(Many);
        var before = office.World.Faults.AllCalls;
        await _sweep.RunAsync(default);
        var first = office.World.Faults.AllCalls - before;
        await _sweep.RunAsync(default);
        (office.World.Faults.AllCalls - before - first).ShouldBeLessThanOrEqualTo(4);
    }

    private static BulkOutcome.Done Done(BulkOutcome outcome) => outcome.ShouldBeOfType<BulkOutcome.Done>();

    private static BulkOrder Order(IEnumerable<StreamId> people) => new([.. people], RevocationReason.BulkAccount, "why", null);

    private static string NameOf(int i) => $"person {i}";

    private async Task<(RevocationOffice Office, StreamId[] People)> NewAsync()
    {
        var office = new RevocationOffice();
        var people = new StreamId[Many];
        for (var i = 0; i < Many; i++)
        {
            var granted = await office.World.Gate.AskAsync(request => request with { Identity = GateFixture.Person(NameOf(i)) });
            people[i] = granted.ShouldBeOfType<Gating.Admission.AdmissionDecision.Granted>().Terms.Person;
        }

        Compose(office);
        return (office, people);
    }

    private void Compose(RevocationOffice office)
    {
        _run = new(office.Operators, office.Desk, NullLogger<BulkRun>.Instance);
        _desk = new(office.Operators, _run, office.World.Gate.Time);
        _sweep = new(office.Operators, _run, office.World.Cursors, office.World.Gate.Time);
    }

    /// <summary>As the desk does it, with nobody who begins at once.</summary>
    private static async Task ApproveOnlyAsync(RevocationOffice office, RecordedBulk bulk) =>
        (await office.Operators.DecideAsync(EntryKind.BulkApproved, BulkParts.Decision(bulk.Id), RevocationOffice.Ben, default)).ShouldBe(Gating.Access.DecisionOutcome.Recorded);

    private Task EndedAsync(long id) => Gating.Testing.Eventually.TrueAsync(async () => (await _desk.FindAsync(id, default))!.Value.Progress.Standing is BulkStanding.Ended);

    private static async Task<int> StoppedAsync(RevocationOffice office, IEnumerable<StreamId> people)
    {
        var stopped = 0;
        foreach (var person in people)
        {
            stopped += (await office.World.Gate.Ledger.ReadHeadAsync(person, default))!.Head.StatusAt(office.World.Gate.Time.GetUtcNow()) is StreamStatus.Revoked ? 1 : 0;
        }

        return stopped;
    }
}
