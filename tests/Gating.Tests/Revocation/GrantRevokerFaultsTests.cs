using System.Text;
using Gating.Admission;
using Gating.Generations;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;
using Gating.Revocation;
using Gating.StatusLists;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Revocation;

/// <summary>Every call to storage goes wrong while an app gives a grant back, and while it asks about one: units come back once or not at all, and nobody is told what is not known.</summary>
public sealed class GrantRevokerFaultsTests(ITestOutputHelper output)
{
    private const string Issuer = "https://gate.test";
    private const int Units = 3;

    private static readonly SigningKeyRing Keys = GateFixture.NewKeys();

    [Theory]
    [InlineData(Fault.Before, false, false)]
    [InlineData(Fault.Before, true, false)]
    [InlineData(Fault.After, false, false)]
    [InlineData(Fault.After, true, false)]
    [InlineData(Fault.Duplicate, false, false)]
    [InlineData(Fault.Before, false, true)]
    [InlineData(Fault.Before, true, true)]
    [InlineData(Fault.After, false, true)]
    [InlineData(Fault.After, true, true)]
    [InlineData(Fault.Duplicate, false, true)]
    public async Task Whatever_storage_does_the_same_request_again_gives_it_back_once(Fault fault, bool restarts, bool redeemed)
    {
        for (var (nth, lost) = (1L, 0); ; nth++)
        {
            var world = new GenerationFixture();
            await world.GrantAsync();
            var (terms, token) = await GrantAsync(world);
            var grant = new PresentedGrant(terms.Person, terms.Seq, terms.App, terms.Resource, "face_swap", Units, terms.ExpiresAt, null);
            if (redeemed)
            {
                (await world.RedeemAsync(grant, static request => request with { Units = Units })).ShouldBeOfType<GenerationOutcome.Begun>();
                world.Restart();
            }

            var revoker = NewRevoker(world);
            world.Faults.OnAny(fault, nth);
            if (!await IsDoneAsync(revoker, token))
            {
                lost++;
                (await world.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.Released).ShouldBeLessThanOrEqualTo(1);
                if (restarts)
                {
                    world.Restart();
                    revoker = NewRevoker(world);
                }

                // The registry is not asked again at once after it could not be read.
                world.Gate.Time.Pass(RegistrySource.MaxAge);
                (await IsDoneAsync(revoker, token)).ShouldBeTrue();
            }

            var met = world.Faults.Revive();
            (await IsDoneAsync(revoker, token)).ShouldBeTrue();
            (await world.Gate.EntriesAsync()).Select(static entry => entry.Kind).ShouldBe(redeemed ? [EntryKind.Granted, EntryKind.Granted, EntryKind.Redeemed, EntryKind.Released] : [EntryKind.Granted, EntryKind.Granted, EntryKind.Released]);
            (await world.ChargedAsync(terms.Person)).ShouldBe(redeemed ? 1 + Units : 1);
            (await world.RedeemAsync(grant, static request => request with { Units = Units })).ShouldBe(new GenerationOutcome.Refused(GenerationRefusal.GrantSpent));
            (await NewInspector(world).InspectAsync(token, terms.App, default)).ShouldBeNull();
            var place = terms.Status.ShouldNotBeNull();
            StatusBits.IsValid((await world.Gate.StatusLists.ReadAsync(place.List, default)).ShouldNotBeNull().List.Compressed, place.Index).ShouldBeFalse();
            await world.ShouldBeSoundAsync(terms.Person);
            await world.ShouldBeAnnouncedAsync(terms.Person);
            if (!met)
            {
                output.WriteLine($"{nth - 1} calls, each {fault}: {lost} answers lost");
                nth.ShouldBeGreaterThan(5);
                (lost > 0).ShouldBe(fault is not Fault.Duplicate);
                return;
            }
        }
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    public async Task What_is_not_known_is_neither_active_nor_inactive(Fault fault)
    {
        var world = new GenerationFixture();
        var (terms, token) = await GrantAsync(world);
        var inspector = NewInspector(world);
        var before = world.Faults.AllCalls;
        (await inspector.InspectAsync(token, terms.App, default)).ShouldNotBeNull().Terms.Seq.ShouldBe(terms.Seq);
        var calls = world.Faults.AllCalls - before;
        calls.ShouldBeGreaterThan(4);
        for (var nth = 1L; nth <= calls; nth++)
        {
            var asked = NewInspector(world);
            world.Faults.OnAny(fault, nth);
            await Should.ThrowAsync<StorageUnavailableException>(asked.InspectAsync(token, terms.App, default));
            world.Faults.Revive().ShouldBeTrue();
        }
    }

    /// <summary>False where storage failed: nobody was told anything.</summary>
    private static async Task<bool> IsDoneAsync(GrantRevoker revoker, string token)
    {
        try
        {
            (await revoker.RevokeAsync(token, "app", default)).ShouldBeTrue();
            return true;
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }

    private static async Task<(GrantTerms Terms, string Token)> GrantAsync(GenerationFixture world)
    {
        var granted = await world.Gate.AskAsync(static request => request with { Detail = request.Detail with { Units = Units } });
        var terms = granted.ShouldBeOfType<AdmissionDecision.Granted>().Terms;
        return (terms, Encoding.ASCII.GetString(new GrantSigner(Keys, world.Handles, Issuer).Sign(terms)));
    }

    private static GrantRevoker NewRevoker(GenerationFixture world) => new(new(Keys, world.Handles, Issuer), world.Gate.Store, world.Appender, NewRegistry(world), new(world.Appender, world.Gate.Store, world.Gate.Names, world.Gate.Time), new(world.Gate.StatusLists, world.Gate.Time));

    private static GrantInspector NewInspector(GenerationFixture world) => new(new(Keys, world.Handles, Issuer), world.Gate.Store, world.Gate.Consents, NewRegistry(world), world.Gate.Time);

    private static RegistrySource NewRegistry(GenerationFixture world) => new(world.Gate.RegistryStore, world.Gate.Time, RegistryMode.Production);
}
