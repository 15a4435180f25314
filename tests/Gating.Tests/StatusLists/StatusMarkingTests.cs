using System.Text;
using Gating.Admission;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;
using Gating.Revocation;
using Gating.StatusLists;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Gating.Tests.Revocation;
using Shouldly;
using Xunit;

namespace Gating.Tests.StatusLists;

/// <summary>Who died between the record of a revocation and its mark: the entry itself brings it there when it is logged.</summary>
public sealed class StatusMarkingTests
{
    private const string Issuer = "https://gate.test";

    private readonly RevocationOffice _office = new();

    [Fact]
    public async Task A_grant_that_was_given_back_is_marked_when_its_entry_is_logged()
    {
        var terms = await GrantAsync();
        using (Faults.Outage(Fault.Before, StoreCall.ReplaceStatusList))
        {
            await Should.ThrowAsync<StorageUnavailableException>(() => NewRevoker(terms, out var token).RevokeAsync(token, terms.App, default));
        }

        (await IsValidAsync(terms)).ShouldBeTrue();
        await LogAsync(terms.Person);
        (await IsValidAsync(terms)).ShouldBeFalse();
    }

    [Fact]
    public async Task Every_grant_of_who_was_stopped_is_marked_when_the_stop_is_logged()
    {
        GrantTerms[] before = [await GrantAsync(), await GrantAsync(), await GrantAsync()];
        using (Faults.Outage(Fault.Before, StoreCall.ReplaceStatusList))
        {
            await Should.ThrowAsync<StorageUnavailableException>(() => _office.RevokeAsync(before[0].Person));
        }

        foreach (var terms in before)
        {
            (await IsValidAsync(terms)).ShouldBeTrue();
        }

        await LogAsync(before[0].Person);
        foreach (var terms in before)
        {
            (await IsValidAsync(terms)).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_stop_that_was_answered_has_marked_them_and_a_lifting_marks_none()
    {
        var terms = await GrantAsync();
        var id = RevocationOffice.Done(await _office.RevokeAsync(terms.Person)).Revocation.Id;
        (await IsValidAsync(terms)).ShouldBeFalse();

        RevocationOffice.Done(await _office.Desk.LiftAsync(id, "enough", RevocationOffice.Ben, default));
        var later = await GrantAsync();
        await LogAsync(terms.Person);

        // What is invalid stays so: who was stopped asks for a new grant.
        (await IsValidAsync(terms)).ShouldBeFalse();
        (await IsValidAsync(later)).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_what_is_over_nothing_is_marked()
    {
        var terms = await GrantAsync();
        using (Faults.Outage(Fault.Before, StoreCall.ReplaceStatusList))
        {
            await Should.ThrowAsync<StorageUnavailableException>(() => _office.RevokeAsync(terms.Person));
        }

        _office.World.Gate.Time.Pass(Tool.LongestGrant);
        var reads = Faults.Calls(StoreCall.ReadStatusList);
        await LogAsync(terms.Person);

        Faults.Calls(StoreCall.ReadStatusList).ShouldBe(reads);
    }

    private Faults Faults => _office.World.Faults;

    private async Task<GrantTerms> GrantAsync() => (await _office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>().Terms;

    private async Task<bool> IsValidAsync(GrantTerms terms)
    {
        var place = terms.Status.ShouldNotBeNull();
        return StatusBits.IsValid((await _office.World.Gate.StatusLists.ReadAsync(place.List, default)).ShouldNotBeNull().List.Compressed, place.Index);
    }

    private async Task LogAsync(StreamId stream)
    {
        var gate = _office.World.Gate;
        var marking = new StatusMarking(gate.Store, new(gate.Store, gate.Time), new(gate.Store, gate.Time), new(gate.StatusLists, gate.Time), gate.Time);
        await marking.AddAsync(await _office.EntriesAsync(stream), default);
    }

    private GrantRevoker NewRevoker(GrantTerms terms, out string token)
    {
        var keys = GateFixture.NewKeys();
        var (world, gate) = (_office.World, _office.World.Gate);
        token = Encoding.ASCII.GetString(new GrantSigner(keys, world.Handles, Issuer).Sign(terms));
        return new(new(keys, world.Handles, Issuer), gate.Store, world.Appender, new(gate.RegistryStore, gate.Time, RegistryMode.Production), new(world.Appender, gate.Store, gate.Names, gate.Time), new(gate.StatusLists, gate.Time));
    }
}
