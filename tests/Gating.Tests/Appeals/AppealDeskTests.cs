using Gating.Admission;
using Gating.Appeals;
using Gating.Ledger;
using Gating.Revocation;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Gating.Tests.Revocation;
using Shouldly;
using Xunit;

namespace Gating.Tests.Appeals;

/// <summary>Who may appeal, who judges, and that both are recorded once, whatever storage does.</summary>
public sealed class AppealDeskTests
{
    private static readonly OperatorKey Key = new(new byte[OperatorKey.Size]);

    public static TheoryData<Fault> Faulty => [Fault.Before, Fault.After, Fault.Duplicate];

    [Fact]
    public async Task Who_was_let_in_or_never_seen_has_nothing_to_appeal_and_who_was_refused_has()
    {
        var office = new RevocationOffice();
        var desk = NewDesk(office);
        (await FileAsync(desk)).ShouldBe(new AppealOutcome.Refused(AppealRefusal.NothingToAppeal));
        await office.World.GrantAsync();
        (await FileAsync(desk)).ShouldBe(new AppealOutcome.Refused(AppealRefusal.NothingToAppeal));
        (await office.World.Gate.AskAsync(static request => request with { Resource = GateFixture.OtherTool })).ShouldBeOfType<AdmissionDecision.Refused>();
        var filed = Filed(await FileAsync(desk));
        filed.IsRepeated.ShouldBeFalse();
        (filed.Standing.State, filed.Standing.Appeal.Text, filed.Standing.Appeal.App).ShouldBe((AppealState.Open, "why me", "app"));
        (filed.Standing.Appeal.Deadline - filed.Standing.Appeal.At - Appeal.Term).Duration().ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task An_app_files_one_a_day_and_another_app_one_of_its_own()
    {
        var (office, desk, first) = await StoppedAsync();
        var again = Filed(await FileAsync(desk, "and again"));
        (again.IsRepeated, again.Standing.Appeal).ShouldBe((true, first.Appeal));
        Filed(await desk.FileAsync("other", GateFixture.Person(), "why me", default)).IsRepeated.ShouldBeFalse();
        (await desk.ListAsync(null, AppealDesk.MostCases, default)).Cases.Select(static one => one.Standing.Appeal.App).ShouldBe(["other", "app"]);
        office.World.Gate.Time.Pass(Appeal.Pause + TimeSpan.FromMinutes(1));
        Filed(await FileAsync(desk, "and again")).IsRepeated.ShouldBeFalse();
        await office.ShouldBeSoundAsync(first.Appeal.Person);
    }

    [Fact]
    public async Task Whoever_ordered_the_stop_does_not_judge_it_and_it_is_not_upheld_while_it_stands()
    {
        var (office, desk, appeal) = await StoppedAsync();
        var id = (await desk.ListAsync(null, 1, default)).Cases[0].Id;
        foreach (var upheld in new[] { true, false })
        {
            (await desk.DecideAsync(id, new(upheld, "no"), RevocationOffice.Ada, default)).ShouldBe(new AppealOutcome.Refused(AppealRefusal.SameHuman));
        }

        (await desk.DecideAsync(id, new(true, "you are right"), RevocationOffice.Ben, default)).ShouldBe(new AppealOutcome.Refused(AppealRefusal.StillStopped));
        var stop = (await office.Desk.ListAsync(null, 1, default)).Revocations[0].Revocation.Id;
        RevocationOffice.Done(await office.Desk.LiftAsync(stop, "a mistake", RevocationOffice.Ben, default));
        Decided(await desk.DecideAsync(id, new(true, "you are right"), RevocationOffice.Ben, default)).State.ShouldBe(AppealState.Upheld);
        Decided(await desk.DecideAsync(id, new(true, "you are right"), RevocationOffice.Ben, default)).Answer.ShouldBe("you are right");
        (await desk.DecideAsync(id, new(false, "no"), RevocationOffice.Ben, default)).ShouldBe(new AppealOutcome.Refused(AppealRefusal.Decided));
        (await desk.DecideAsync(999, new(false, "no"), RevocationOffice.Ben, default)).ShouldBe(new AppealOutcome.Refused(AppealRefusal.Unknown));
        await office.ShouldBeSoundAsync(appeal.Appeal.Person);
    }

    [Fact]
    public async Task An_open_one_is_overdue_from_its_deadline_on()
    {
        var (_, _, standing) = await StoppedAsync();
        standing.IsOverdueAt(standing.Appeal.Deadline.AddSeconds(-1)).ShouldBeFalse();
        standing.IsOverdueAt(standing.Appeal.Deadline).ShouldBeTrue();
        (standing with { State = AppealState.Rejected }).IsOverdueAt(standing.Appeal.Deadline).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task Whatever_storage_does_the_same_request_again_files_one(Fault fault)
    {
        for (var nth = 1L; ; nth++)
        {
            var office = new RevocationOffice();
            var grant = await office.World.GrantAsync();
            RevocationOffice.Done(await office.RevokeAsync(grant.Person));
            office.World.Faults.OnAny(fault, nth);
            var filed = await AgainAsync(office, () => FileAsync(NewDesk(office)));
            var met = office.World.Faults.Revive();
            Filed(filed);
            (await office.EntriesAsync(grant.Person)).Count(static entry => entry.Kind is EntryKind.AppealFiled).ShouldBe(1);
            (await NewDesk(office).ListAsync(null, AppealDesk.MostCases, default)).Cases.ShouldHaveSingleItem().Standing.Appeal.Text.ShouldBe("why me");
            await office.ShouldBeSoundAsync(grant.Person);
            if (!met)
            {
                nth.ShouldBeGreaterThan(5);
                return;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task Whatever_storage_does_the_same_request_again_answers_it_once(Fault fault)
    {
        for (var nth = 1L; ; nth++)
        {
            var (office, desk, appeal) = await StoppedAsync();
            var id = (await desk.ListAsync(null, 1, default)).Cases[0].Id;
            office.World.Faults.OnAny(fault, nth);
            var decided = Decided(await AgainAsync(office, () => NewDesk(office).DecideAsync(id, new(false, "it stands"), RevocationOffice.Ben, default)));
            var met = office.World.Faults.Revive();
            (decided.State, decided.Answer).ShouldBe((AppealState.Rejected, "it stands"));
            (await office.EntriesAsync(appeal.Appeal.Person)).Count(static entry => entry.Kind is EntryKind.AppealDecided).ShouldBe(1);
            (await office.EntriesAsync(await office.OperatorAsync())).Count(static entry => entry.Kind is EntryKind.AppealRejected).ShouldBe(1);
            await office.ShouldBeSoundAsync(appeal.Appeal.Person);
            if (!met)
            {
                nth.ShouldBeGreaterThan(5);
                return;
            }
        }
    }

    private static AppealOutcome.Filed Filed(AppealOutcome outcome) => outcome.ShouldBeOfType<AppealOutcome.Filed>();

    private static AppealStanding Decided(AppealOutcome outcome) => outcome.ShouldBeOfType<AppealOutcome.Decided>().Case.Standing;

    private static Task<AppealOutcome> FileAsync(AppealDesk desk, string text = "why me") => desk.FileAsync("app", GateFixture.Person(), text, default);

    private static AppealDesk NewDesk(RevocationOffice office)
    {
        var (gate, sealedParts) = (office.World.Gate, new SealedReader(office.World.Gate.Store, Key));
        return new(gate.NewNames(), gate.Store, office.World.Appender, sealedParts, office.Operators, new(gate.Store, sealedParts, office.World.Handles), gate.Time);
    }

    /// <summary>Somebody whom Ada stopped, and who appeals.</summary>
    private static async Task<(RevocationOffice Office, AppealDesk Desk, AppealStanding Standing)> StoppedAsync()
    {
        var office = new RevocationOffice();
        RevocationOffice.Done(await office.RevokeAsync((await office.World.GrantAsync()).Person));
        var desk = NewDesk(office);
        return (office, desk, Filed(await FileAsync(desk)).Standing);
    }

    private static async Task<AppealOutcome> AgainAsync(RevocationOffice office, Func<Task<AppealOutcome>> request)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                return await request();
            }
            catch (StorageUnavailableException) when (failures == 0)
            {
                office.Restart();
            }
        }
    }
}
