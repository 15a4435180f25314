using Gating.Ledger;
using Gating.Signals.Receiving;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Signals.Receiving;

/// <summary>Every call to storage goes wrong while an event is followed, each in each way: nobody is told that it was taken before it was, and the same event again completes what was begun, once.</summary>
public sealed class EventFaultsTests(ITestOutputHelper output)
{
    public static TheoryData<ReportedKind, Fault, bool> All
    {
        get
        {
            var data = new TheoryData<ReportedKind, Fault, bool>();
            foreach (var kind in new[] { ReportedKind.SessionRevoked, ReportedKind.AccountDisabled, ReportedKind.AccountEnabled, ReportedKind.AssuranceLevelChange })
            {
                data.Add(kind, Fault.Before, false);
                data.Add(kind, Fault.Before, true);
                data.Add(kind, Fault.After, false);
                data.Add(kind, Fault.After, true);
                data.Add(kind, Fault.Duplicate, false);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Whatever_storage_does_the_same_event_again_has_one_effect(ReportedKind kind, Fault fault, bool restarts)
    {
        for (var (nth, lost) = (1L, 0); ; nth++)
        {
            var office = new EventOffice();
            var person = (await office.Desk.World.GrantAsync()).Person;
            if (kind is ReportedKind.AccountEnabled)
            {
                await office.DoneAsync(office.Event(ReportedKind.AccountDisabled));
            }

            var reported = office.Event(kind);
            office.Desk.World.Faults.OnAny(fault, nth);
            var told = await GenerationFixture.TryAsync(() => office.FollowAsync(reported));
            var met = office.Desk.World.Faults.Revive();
            if (told is not null)
            {
                // Whoever was told can rely on it.
                told.ShouldBeOfType<ReceivedOutcome.Done>();
                await ShouldBeSoAsync(office, person, kind);
            }
            else
            {
                lost++;
                if (restarts)
                {
                    office.Restart();
                }
            }

            await office.DoneAsync(reported);
            office.Restart();
            await office.DoneAsync(reported);
            await ShouldBeSoAsync(office, person, kind);
            await ShouldBeSoundAsync(office, person, kind);
            if (!met)
            {
                output.WriteLine($"{kind}: {nth - 1} calls, each {fault}{(restarts ? ", and the process gone" : "")}: {lost} answers lost");
                nth.ShouldBeGreaterThan(3);
                (lost > 0).ShouldBe(fault is not Fault.Duplicate);
                return;
            }
        }
    }

    private static async Task ShouldBeSoundAsync(EventOffice office, StreamId person, ReportedKind kind)
    {
        if (kind is not ReportedKind.AssuranceLevelChange)
        {
            await office.Desk.ShouldBeSoundAsync(person);
            return;
        }

        // The operator's ledger has nothing of it.
        office.Desk.World.Faults.Violations.ShouldBeEmpty();
        (await StreamVerifier.VerifyAsync(office.Desk.World.Gate.Ledger, person, default)).Findings.ShouldBeEmpty();
        await office.Desk.World.ShouldBeAnnouncedAsync(person);
    }

    private static async Task ShouldBeSoAsync(EventOffice office, StreamId person, ReportedKind kind)
    {
        (await office.StatusAsync(person)).ShouldBe(kind switch
        {
            ReportedKind.SessionRevoked => StreamStatus.Suspended,
            ReportedKind.AccountDisabled => StreamStatus.Revoked,
            _ => StreamStatus.Active,
        });
        (await office.Desk.EntriesAsync(person)).Select(static entry => entry.Kind).ShouldBe(kind switch
        {
            ReportedKind.AccountEnabled => [EntryKind.Granted, EntryKind.StatusChanged, EntryKind.StatusChanged],
            ReportedKind.AssuranceLevelChange => [EntryKind.Granted, EntryKind.AssuranceChanged],
            _ => [EntryKind.Granted, EntryKind.StatusChanged],
        });
        (await office.RecordsAsync()).ShouldBe(kind switch
        {
            ReportedKind.AccountEnabled => [EntryKind.Revoked, EntryKind.AccountEnabled],
            ReportedKind.AssuranceLevelChange => [],
            _ => [EntryKind.Revoked],
        });
    }
}
