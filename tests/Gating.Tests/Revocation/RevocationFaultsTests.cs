using Gating.Admission;
using Gating.Generations;
using Gating.Grants;
using Gating.Ledger;
using Gating.Revocation;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Revocation;

/// <summary>
/// Every call to storage on the way of a revocation and of its lifting goes wrong, each in each way: whoever was told that somebody is stopped can rely on it, nothing is acknowledged that is not recorded in both ledgers, and the same
/// request again does what was left undone, once.
/// </summary>
public sealed class RevocationFaultsTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Fault.Before, false)]
    [InlineData(Fault.Before, true)]
    [InlineData(Fault.After, false)]
    [InlineData(Fault.After, true)]
    [InlineData(Fault.Duplicate, false)]
    [InlineData(Fault.Duplicate, true)]
    public async Task Whatever_storage_does_the_same_order_again_completes_it(Fault fault, bool restarts)
    {
        var calls = await CountAsync();
        var (lost, stoppedWithoutRecord) = (0, 0);
        for (var nth = 1L; nth <= calls; nth++)
        {
            var office = new RevocationOffice();
            var grant = await office.World.GrantAsync();
            office.World.Faults.OnAny(fault, nth);
            var revoked = await AgainAsync(office, restarts, () => office.RevokeAsync(grant.Person), async () =>
            {
                // Nobody was told yes. What is there by now may be the stop, and never its record alone.
                lost++;
                var (stop, record) = (await IsStoppedAsync(office, grant.Person), (await office.EntriesAsync(await office.OperatorAsync())).Count);
                record.ShouldBeLessThanOrEqualTo(stop ? 1 : 0);
                stoppedWithoutRecord += stop && record == 0 ? 1 : 0;
            });
            revoked.Standing.ShouldBe(RevocationStanding.Standing);
            await ShouldBeStoppedAsync(office, grant);
            office.World.Faults.Revive();
            await ShouldBeRecordedOnceAsync(office, grant.Person, revoked.Revocation);
        }

        output.WriteLine($"{calls} calls, each {fault}{(restarts ? ", and the process gone" : "")}: {lost} answers lost, {stoppedWithoutRecord} of them with the stop there and its record not yet");
        if (fault is not Fault.Duplicate)
        {
            stoppedWithoutRecord.ShouldBeGreaterThan(0);
        }
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.Duplicate)]
    public async Task Whatever_storage_does_nobody_is_let_in_before_the_lifting_is_recorded(Fault fault)
    {
        for (var nth = 1L; ; nth++)
        {
            var office = new RevocationOffice();
            var grant = await office.World.GrantAsync();
            var revoked = RevocationOffice.Done(await office.RevokeAsync(grant.Person)).Revocation;
            office.World.Faults.OnAny(fault, nth);
            var lifted = await AgainAsync(office, restarts: true, () => office.Desk.LiftAsync(revoked.Id, "a mistake", RevocationOffice.Ben, default), async () =>
            {
                var recorded = (await office.EntriesAsync(await office.OperatorAsync())).Exists(static entry => entry.Kind is EntryKind.RevocationLifted);
                (recorded || await IsStoppedAsync(office, grant.Person)).ShouldBeTrue();
            });
            lifted.Standing.ShouldBe(RevocationStanding.Lifted);
            var met = office.World.Faults.Revive();
            (await office.World.RedeemAsync(grant)).ShouldBeOfType<GenerationOutcome.Begun>();
            (await office.EntriesAsync(await office.OperatorAsync())).Select(static entry => entry.Kind).ShouldBe([EntryKind.Revoked, EntryKind.RevocationLifted]);
            (await office.World.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.StatusChanged).ShouldBe(2);
            await office.ShouldBeSoundAsync(grant.Person);
            if (!met)
            {
                output.WriteLine($"{nth - 1} calls, each {fault}");
                nth.ShouldBeGreaterThan(10);
                return;
            }
        }
    }

    [Fact]
    public async Task While_storage_is_down_nothing_is_acknowledged()
    {
        var office = new RevocationOffice();
        var grant = await office.World.GrantAsync();
        using (office.World.Faults.Outage(Fault.Before))
        {
            await Should.ThrowAsync<StorageUnavailableException>(office.RevokeAsync(grant.Person));
        }

        using (office.World.Faults.Outage(Fault.Before, StoreCall.PutTrace))
        {
            await Should.ThrowAsync<StorageUnavailableException>(office.RevokeAsync(grant.Person));
        }
    }

    private static async Task<long> CountAsync()
    {
        var clean = new RevocationOffice();
        var grant = await clean.World.GrantAsync();
        var before = clean.World.Faults.AllCalls;
        RevocationOffice.Done(await clean.RevokeAsync(grant.Person)).Replayed.ShouldBeFalse();
        var calls = clean.World.Faults.AllCalls - before;
        calls.ShouldBeGreaterThan(8);
        return calls;
    }

    /// <summary>The same request until it is answered.</summary>
    private static async Task<RevocationOutcome.Done> AgainAsync(RevocationOffice office, bool restarts, Func<Task<RevocationOutcome>> request, Func<Task> lost)
    {
        for (var failures = 0; ; failures++)
        {
            if (await GenerationFixture.TryAsync(request) is { } answer)
            {
                return RevocationOffice.Done(answer);
            }

            failures.ShouldBe(0);
            await lost();
            if (restarts)
            {
                office.Restart();
            }
        }
    }

    private static async Task<bool> IsStoppedAsync(RevocationOffice office, StreamId person) =>
        (await office.World.Gate.Ledger.ReadHeadAsync(person, default))!.StatusAt(office) is not StreamStatus.Active;

    /// <summary>Neither who remembers the person from before, nor a new process.</summary>
    private static async Task ShouldBeStoppedAsync(RevocationOffice office, PresentedGrant grant)
    {
        (await office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.PersonRevoked);
        (await office.World.RedeemAsync(grant)).ShouldBe(new GenerationOutcome.Refused(GenerationRefusal.PersonRevoked));
        office.World.Restart();
        (await office.World.RedeemAsync(grant)).ShouldBe(new GenerationOutcome.Refused(GenerationRefusal.PersonRevoked));
    }

    private static async Task ShouldBeRecordedOnceAsync(RevocationOffice office, StreamId person, RecordedRevocation revocation)
    {
        (await office.EntriesAsync(await office.OperatorAsync())).ShouldHaveSingleItem().Kind.ShouldBe(EntryKind.Revoked);
        var stop = (await office.World.Gate.EntriesAsync()).Single(static entry => entry.Kind is EntryKind.StatusChanged);
        stop.Seq.ShouldBe(revocation.Place);
        office.Restart();
        (await office.Grants.ReadAsync(person, revocation.Place, null, default)).Grants.ShouldHaveSingleItem().Person.ShouldBe(person);
        var again = RevocationOffice.Done(await office.RevokeAsync(person));
        again.Replayed.ShouldBeTrue();
        again.Revocation.ShouldBe(revocation);
        await office.ShouldBeSoundAsync(person);
    }
}

file static class HeadStanding
{
    public static StreamStatus StatusAt(this StoredHead stored, RevocationOffice office) => stored.Head.StatusAt(office.World.Gate.Time.GetUtcNow());
}
