using System.Text;
using System.Text.Json.Nodes;
using Gating.Ledger;
using Gating.Registry;
using Gating.Registry.Changes;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Shouldly;
using Xunit;
using static Gating.Tests.Registry.Changes.ChangeOffice;

namespace Gating.Tests.Registry.Changes;

/// <summary>The registry is changed by what was recorded before, once, if it is as the change takes it to be, and by two humans where it takes two.</summary>
public sealed class ChangeDeskTests
{
    [Fact]
    public async Task One_admin_changes_an_app_and_the_ledger_says_who_and_what_it_was_before_and_after()
    {
        var office = await OpenAsync();
        var done = Done(await office.SetAsync(OneApp, "name", "Studio"), ChangeStanding.Applied);

        var stored = await office.ReadAsync(OneApp);
        Text(stored).ShouldContain("\"name\":\"Studio\"");
        stored.Tag.ShouldBe(done.Tag);
        (await office.EntriesAsync()).Select(static entry => entry.Kind).ShouldBe([EntryKind.ChangeProposed, EntryKind.ChangeApplied]);
        var (change, standing) = (await office.Desk.FindAsync(done.Change.Id, default)).ShouldNotBeNull();
        standing.ShouldBe(ChangeStanding.Applied);
        (change.By, change.Item, change.TakesTwo).ShouldBe((Ada, OneApp, false));
        Text(RegisteredItem.Of(change.Before!)).ShouldContain("\"name\":\"app\"");
        Text(RegisteredItem.Of(change.After!)).ShouldContain("\"name\":\"Studio\"");
        Encoding.UTF8.GetString((await office.EntriesAsync())[0].Public.Span).ShouldBe("""{"v":1,"kind":"app","name":"app","humans":1}""");
        await office.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task What_takes_two_waits_for_another_human_and_is_carried_out_once()
    {
        var office = await OpenAsync();
        var id = Done(await office.SetAsync(OneTool, "maxUnits", 3, takesTwo: true), ChangeStanding.Proposed).Change.Id;
        Text(await office.ReadAsync(OneTool)).ShouldContain("\"maxUnits\":10");

        ShouldBeRefused(await office.Desk.ApproveAsync(id, Ada, default), ChangeRefusal.SameHuman);
        ShouldBeRefused(await office.Desk.ApproveAsync(id + 7, Ben, default), ChangeRefusal.Unknown);
        var done = Done(await office.Desk.ApproveAsync(id, Ben, default), ChangeStanding.Applied);
        Text(await office.ReadAsync(OneTool)).ShouldContain("\"maxUnits\":3");

        // Again, because the answer was lost; and by who comes too late.
        Done(await office.Desk.ApproveAsync(id, Ben, default), ChangeStanding.Applied).Tag.ShouldBe(done.Tag);
        ShouldBeRefused(await office.Desk.ApproveAsync(id, Ben with { Subject = "cid" }, default), ChangeRefusal.Decided);
        ShouldBeRefused(await office.Desk.DeclineAsync(id, Ben, default), ChangeRefusal.Decided);
        (await office.EntriesAsync()).Select(static entry => entry.Kind).ShouldBe([EntryKind.ChangeProposed, EntryKind.ChangeApproved, EntryKind.ChangeApplied]);
    }

    [Fact]
    public async Task Two_accounts_of_one_human_are_one_pair_of_eyes()
    {
        var office = await OpenAsync();
        var id = Done(await office.SetAsync(OneTool, "maxUnits", 3, takesTwo: true, Ada with { Person = "7" }), ChangeStanding.Proposed).Change.Id;
        ShouldBeRefused(await office.Desk.ApproveAsync(id, Ben with { Person = "7" }, default), ChangeRefusal.SameHuman);
    }

    [Fact]
    public async Task What_is_declined_is_over()
    {
        var office = await OpenAsync();
        var id = Done(await office.SetAsync(OneTool, "maxUnits", 3, takesTwo: true), ChangeStanding.Proposed).Change.Id;
        Done(await office.Desk.DeclineAsync(id, Ada, default), ChangeStanding.Declined);
        Done(await office.Desk.DeclineAsync(id, Ada, default), ChangeStanding.Declined);
        ShouldBeRefused(await office.Desk.ApproveAsync(id, Ben, default), ChangeRefusal.Decided);
        Text(await office.ReadAsync(OneTool)).ShouldContain("\"maxUnits\":10");
        (await office.Desk.FindAsync(id, default))!.Value.Standing.ShouldBe(ChangeStanding.Declined);
    }

    [Fact]
    public async Task An_older_state_is_not_changed_and_not_put_back()
    {
        var office = await OpenAsync();
        var (tag, put) = await office.EditAsync(OneTool, "maxUnits", 3);
        Done(await office.SetAsync(OneTool, "name", "another"), ChangeStanding.Applied);
        ShouldBeRefused(await office.Desk.ChangeAsync(OneTool, tag, put, Ada, takesTwo: true, default), ChangeRefusal.Stale);
        ShouldBeRefused(await office.Desk.ChangeAsync(OneTool, null, put, Ada, takesTwo: false, default), ChangeRefusal.Stale);
        Text(await office.ReadAsync(OneTool)).ShouldContain("another");
    }

    [Fact]
    public async Task Of_two_changes_of_one_item_that_wait_the_second_to_be_approved_has_no_effect()
    {
        var office = await OpenAsync();
        var first = Done(await office.SetAsync(OneTool, "maxUnits", 3, takesTwo: true), ChangeStanding.Proposed).Change.Id;
        var second = Done(await office.SetAsync(OneTool, "maxUnits", 4, takesTwo: true), ChangeStanding.Proposed).Change.Id;
        Done(await office.Desk.ApproveAsync(second, Ben, default), ChangeStanding.Applied);
        ShouldBeRefused(await office.Desk.ApproveAsync(first, Ben, default), ChangeRefusal.Stale);
        ShouldBeRefused(await office.Desk.ApproveAsync(first, Ben, default), ChangeRefusal.Stale);
        (await office.Desk.FindAsync(first, default))!.Value.Standing.ShouldBe(ChangeStanding.Dropped);
        Text(await office.ReadAsync(OneTool)).ShouldContain("\"maxUnits\":4");
    }

    [Fact]
    public async Task An_approved_change_that_was_undone_later_is_not_carried_out_again()
    {
        var office = await OpenAsync();
        var id = Done(await office.SetAsync(OneTool, "maxUnits", 3, takesTwo: true), ChangeStanding.Proposed).Change.Id;
        Done(await office.Desk.ApproveAsync(id, Ben, default), ChangeStanding.Applied);
        Done(await office.SetAsync(OneTool, "maxUnits", 10), ChangeStanding.Applied);
        Done(await office.Desk.ApproveAsync(id, Ben, default), ChangeStanding.Applied);
        Text(await office.ReadAsync(OneTool)).ShouldContain("\"maxUnits\":10");
    }

    [Fact]
    public async Task What_leans_on_something_that_went_meanwhile_is_dropped()
    {
        var office = await OpenAsync();
        var other = new RegistryItem(RegistryItem.Tool, GateFixture.OtherTool);
        var id = Done(await office.SetAsync(OneApp, "tools", new JsonArray(GateFixture.Tool, GateFixture.OtherTool), takesTwo: true), ChangeStanding.Proposed).Change.Id;
        Done(await office.Desk.ChangeAsync(other, (await office.ReadAsync(other)).Tag, new ItemEdit.Remove(), Ada, takesTwo: false, default), ChangeStanding.Applied);
        var refused = (await office.Desk.ApproveAsync(id, Ben, default)).ShouldBeOfType<ChangeOutcome.Refused>();
        refused.Reason.ShouldBe(ChangeRefusal.Invalid);
        refused.Errors.ShouldNotBeEmpty();
        (await office.Desk.FindAsync(id, default))!.Value.Standing.ShouldBe(ChangeStanding.Dropped);
    }

    [Fact]
    public async Task What_a_crash_kept_from_the_ledger_is_recorded_before_the_row_forgets_it()
    {
        var office = await OpenAsync();
        var written = office.Gate.Faults.HoldNext(StoreCall.WriteRegistry);
        var change = office.SetAsync(OneApp, "name", "Studio");
        await written.Reached;
        using (office.Gate.Faults.Outage(Fault.Before, StoreCall.Commit))
        {
            written.Release();
            ShouldBeRefused(await change, ChangeRefusal.Busy);
        }

        (await office.EntriesAsync()).ShouldHaveSingleItem();
        Text(await office.ReadAsync(OneApp)).ShouldContain("Studio");
        office.Restart();
        (await office.Desk.ListAsync(null, 1, default)).Changes.ShouldHaveSingleItem().Standing.ShouldBe(ChangeStanding.Applied);

        Done(await office.SetAsync(OneApp, "name", "Atelier"), ChangeStanding.Applied);
        (await office.EntriesAsync()).Select(static entry => entry.Kind).ShouldBe([EntryKind.ChangeProposed, EntryKind.ChangeApplied, EntryKind.ChangeProposed, EntryKind.ChangeApplied]);
    }

    [Fact]
    public async Task What_is_so_already_is_no_change()
    {
        var office = await OpenAsync();
        var (tag, put) = await office.EditAsync(OneApp, "name", "app");
        (await office.Desk.ChangeAsync(OneApp, "whatever", put, Ada, takesTwo: false, default)).ShouldBe(new ChangeOutcome.Unchanged(tag));
        (await office.EntriesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_new_is_registered_and_goes_again()
    {
        var office = await OpenAsync();
        var item = new RegistryItem(RegistryItem.Tool, "https://tools.test/new");
        var json = JsonNode.Parse((await office.ReadAsync(OneTool)).Open.Span)!;
        json["resource"] = item.Name;
        ShouldBeRefused(await office.Desk.ChangeAsync(item, "x", Put(json), Ada, takesTwo: false, default), ChangeRefusal.Stale);
        var done = Done(await office.Desk.ChangeAsync(item, null, Put(json), Ada, takesTwo: false, default), ChangeStanding.Applied);
        (await office.ReadAsync(item)).Tag.ShouldBe(done.Tag);
        var gone = Done(await office.Desk.ChangeAsync(item, done.Tag, new ItemEdit.Remove(), Ada, takesTwo: false, default), ChangeStanding.Applied);
        gone.Tag.ShouldBeNull();
        (await office.Desk.FindAsync(item, default)).ShouldBeNull();
        ShouldBeRefused(await office.Desk.ChangeAsync(item, done.Tag, new ItemEdit.Remove(), Ada, takesTwo: false, default), ChangeRefusal.NotRegistered);
    }

    [Theory]
    [InlineData("id", "\"another\"", "another name")]
    [InlineData("isAdmin", "true", "an unknown member")]
    [InlineData("secretDigests", "[]", "not written here")]
    [InlineData("tools", "[\"https://tools.test/none\"]", "none")]
    public async Task What_is_not_a_valid_item_is_refused_with_its_place(string member, string value, string seen)
    {
        var office = await OpenAsync();
        var refused = (await office.SetAsync(OneApp, member, JsonNode.Parse(value))).ShouldBeOfType<ChangeOutcome.Refused>();
        refused.Reason.ShouldBe(ChangeRefusal.Invalid);
        refused.Errors.ShouldContain(error => error.ToString().Contains(seen, StringComparison.Ordinal));
        (await office.EntriesAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"id\":\"app\",\"id\":\"app\"}")]
    [InlineData("{")]
    [InlineData("")]
    public async Task What_is_no_single_object_is_refused(string json)
    {
        var office = await OpenAsync();
        ShouldBeRefused(await office.Desk.ChangeAsync(OneApp, null, new ItemEdit.Put(Encoding.UTF8.GetBytes(json)), Ada, takesTwo: false, default), ChangeRefusal.Invalid);
    }

    [Fact]
    public async Task Nobody_takes_from_his_issuer_what_makes_admins()
    {
        var office = await OpenAsync();
        var issuer = new RegistryItem(RegistryItem.Issuer, GateFixture.Issuer);
        var read = await office.ReadAsync(issuer);
        var json = JsonNode.Parse(read.Open.Span)!;
        json["status"] = "stopped";
        ShouldBeRefused(await office.Desk.ChangeAsync(issuer, read.Tag, Put(json), Ada, takesTwo: true, default), ChangeRefusal.LocksOut);
        json["status"] = "active";
        json.AsObject().Remove("roles");
        ShouldBeRefused(await office.Desk.ChangeAsync(issuer, read.Tag, Put(json), Ada, takesTwo: true, default), ChangeRefusal.LocksOut);
    }

    [Fact]
    public async Task Letting_an_app_release_without_the_visible_label_takes_two_whatever_the_route_says()
    {
        var office = await OpenAsync();
        Done(await office.SetAsync(OneApp, "mayReleaseUnlabelled", true), ChangeStanding.Proposed).Change.TakesTwo.ShouldBeTrue();
        Done(await office.SetAsync(OneApp, "mayReleaseUnlabelled", false), ChangeStanding.Applied);
    }

    [Fact]
    public async Task Secrets_are_told_by_their_fingerprints_two_at_most_and_a_put_leaves_them_alone()
    {
        var office = await OpenAsync();
        var before = (await office.ReadAsync(OneApp)).Secrets.ShouldHaveSingleItem();
        var secret = AppSecrets.Create();
        secret.Length.ShouldBe(43);
        Done(await EditAsync(office, new ItemEdit.AddSecret(secret)), ChangeStanding.Applied);
        ShouldBeRefused(await EditAsync(office, new ItemEdit.AddSecret(AppSecrets.Create())), ChangeRefusal.SecretsFull);
        Done(await office.SetAsync(OneApp, "name", "Studio"), ChangeStanding.Applied);

        var app = await office.ReadAsync(OneApp);
        app.Secrets.Count.ShouldBe(2);
        Text(app).ShouldNotContain("secretDigests");
        Done(await EditAsync(office, new ItemEdit.RemoveSecret(before)), ChangeStanding.Applied);
        ShouldBeRefused(await EditAsync(office, new ItemEdit.RemoveSecret(before)), ChangeRefusal.SecretUnknown);
        var digests = (RegistryReader.ReadRows((await office.Gate.RegistryStore.ReadAsync(default)).Rows, RegistryMode.Production) as RegistryReading.Valid)!.Document.Apps.Single(static app => app.Id == "app").SecretDigests;
        digests.ShouldHaveSingleItem().ToArray().ShouldBe(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

        // Without any it could not log in: the registry's own rule.
        ShouldBeRefused(await EditAsync(office, new ItemEdit.RemoveSecret((await office.ReadAsync(OneApp)).Secrets.Single())), ChangeRefusal.Invalid);
    }

    [Fact]
    public async Task A_seed_that_is_read_at_every_start_does_not_undo_what_an_admin_changed()
    {
        var office = await OpenAsync();
        Done(await office.SetAsync(OneTool, "maxUnits", 3), ChangeStanding.Applied);
        office.Gate.Registry["tools"]![1]!["maxUnits"] = 7;
        var seed = ((RegistryReading.Valid)RegistryReader.ReadDocument(Encoding.UTF8.GetBytes(office.Gate.Registry.ToJsonString()), RegistryMode.Production)).Document;
        (await new RegistrySeeder(office.Gate.RegistryStore, RegistryMode.Production).SeedAsync(seed, SeedMode.Merge, default)).ShouldBeOfType<SeedOutcome.Seeded>().Written.ShouldBe(1);
        Text(await office.ReadAsync(OneTool)).ShouldContain("\"maxUnits\":3");
        Text(await office.ReadAsync(new(RegistryItem.Tool, GateFixture.OtherTool))).ShouldContain("\"maxUnits\":7");
    }

    [Fact]
    public async Task Pages_of_changes_are_the_youngest_first()
    {
        var office = await OpenAsync();
        for (var i = 1; i <= 5; i++)
        {
            Done(await office.SetAsync(OneTool, "maxUnits", i), ChangeStanding.Applied);
        }

        var first = await office.Desk.ListAsync(null, 3, default);
        var rest = await office.Desk.ListAsync(first.Next, 3, default);
        first.Changes.Length.ShouldBe(3);
        first.Changes.Concat(rest.Changes).Select(static one => one.Change.Id).ShouldBe([9, 7, 5, 3, 1]);
    }

    private static async Task<ChangeOutcome> EditAsync(ChangeOffice office, ItemEdit edit) => await office.Desk.ChangeAsync(OneApp, (await office.ReadAsync(OneApp)).Tag, edit, Ada, takesTwo: false, default);

    private static string Text(RegisteredItem item) => Encoding.UTF8.GetString(item.Open.Span);
}
