using Gating.Ledger;
using Gating.Registry.Changes;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;
using Xunit.Abstractions;
using static Gating.Tests.Registry.Changes.ChangeOffice;

namespace Gating.Tests.Registry.Changes;

/// <summary>Every call to storage on the way of a change goes wrong, each in each way: the registry is never as no entry says, the same request again completes what was begun, and once.</summary>
public sealed class ChangeFaultsTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Fault.Before, false)]
    [InlineData(Fault.Before, true)]
    [InlineData(Fault.After, false)]
    [InlineData(Fault.After, true)]
    [InlineData(Fault.Duplicate, false)]
    public async Task Whatever_storage_does_the_same_requests_again_change_it_once(Fault fault, bool restarts)
    {
        var (lost, recordedLate) = (0, 0);
        for (var nth = 1L; ; nth++)
        {
            var office = await OpenAsync();
            var (tag, put) = await office.EditAsync(OneTool, "maxUnits", 3);
            office.Gate.Faults.OnAny(fault, nth);
            var id = Done(await AgainAsync(() => office.Desk.ChangeAsync(OneTool, tag, put, Ada, takesTwo: true, default)), ChangeStanding.Proposed).Change.Id;
            Done(await AgainAsync(() => office.Desk.ApproveAsync(id, Ben, default)), ChangeStanding.Applied);
            var (appTag, appPut) = await AgainAsync(() => office.EditAsync(OneApp, "name", "Studio"));
            var changed = await AgainAsync(() => office.Desk.ChangeAsync(OneApp, appTag, appPut, Ada, takesTwo: false, default));
            var met = office.Gate.Faults.Revive();

            System.Text.Encoding.UTF8.GetString((await office.ReadAsync(OneApp)).Open.Span).ShouldContain("Studio");
            recordedLate += changed is ChangeOutcome.Unchanged ? 1 : 0;
            await ShouldBeRecordedAsync(office);
            if (!met)
            {
                output.WriteLine($"{nth - 1} calls, each {fault}{(restarts ? ", and the process gone" : "")}: {lost} answers lost, {recordedLate} times the change was there already");
                nth.ShouldBeGreaterThan(25);
                (fault is Fault.Duplicate || lost > 20).ShouldBeTrue();
                (fault is not Fault.After || recordedLate > 0).ShouldBeTrue();
                return;
            }

            async Task<T> AgainAsync<T>(Func<Task<T>> request)
            {
                while (true)
                {
                    if (await TryAsync(request) is (true, var answer))
                    {
                        return answer!;
                    }

                    lost++;
                    await ShouldBeByEntriesAsync(office);
                    if (restarts)
                    {
                        office.Restart();
                    }
                }
            }
        }
    }

    private static async Task<(bool Answered, T? Answer)> TryAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return (true, await request());
        }
        catch (StorageUnavailableException)
        {
            return (false, default);
        }
    }

    /// <summary>A row that no seed wrote is one that an entry before it wanted, and, where it takes two, another approved.</summary>
    private static async Task ShouldBeByEntriesAsync(ChangeOffice office)
    {
        var entries = await office.EntriesAsync();
        foreach (var row in (await office.Gate.RegistryStore.ReadAsync(default)).Rows.Where(static row => row.Change != 0))
        {
            entries.Single(entry => entry.Seq == row.Change).Kind.ShouldBe(EntryKind.ChangeProposed);
            (row.Kind is RegistryItem.App || entries.Exists(static entry => entry.Kind is EntryKind.ChangeApproved)).ShouldBeTrue();
        }
    }

    /// <summary>Each row's change was carried out by one entry, and there is none for a change that was not.</summary>
    private static async Task ShouldBeRecordedAsync(ChangeOffice office)
    {
        await ShouldBeByEntriesAsync(office);
        await office.ShouldBeSoundAsync();
        var changed = (await office.Gate.RegistryStore.ReadAsync(default)).Rows.Where(static row => row.Change != 0).Select(static row => row.Change).Order();
        var applied = new List<long>();
        foreach (var entry in (await office.EntriesAsync()).Where(static entry => entry.Kind is EntryKind.ChangeApplied))
        {
            using var json = System.Text.Json.JsonDocument.Parse(entry.Public);
            applied.Add(json.RootElement.GetProperty("about").GetInt64());
        }

        applied.Order().ShouldBe(changed);
    }
}
