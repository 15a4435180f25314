using Gating.Identity;
using Gating.Ledger;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Ledger;

/// <summary>One human, one stream, whatever account they come with, and never a silent second one.</summary>
public sealed class StreamNamesTests
{
    private const string Alice = "cn-id-alice";

    private readonly Faults _faults = new();
    private readonly InMemoryNameStore _store;
    private readonly StreamNames _names;

    public StreamNamesTests()
    {
        _store = new(_faults);
        _names = NewInstance();
    }

    [Fact]
    public async Task A_person_keeps_their_stream()
    {
        var first = await FoundAsync(Account("a"));
        first.IsNew.ShouldBeTrue();
        (await FoundAsync(Account("a"))).ShouldBe(new(first.Stream, IsNew: false));
        (await FoundAsync(Account("a"), NewInstance())).ShouldBe(new(first.Stream, IsNew: false));
        (await FoundAsync(Account("b"))).Stream.ShouldNotBe(first.Stream);
    }

    [Fact]
    public async Task A_known_person_is_found_without_a_read()
    {
        await FoundAsync(Account("a"));
        await FoundAsync(Account("b", Alice));
        var calls = _faults.AllCalls;
        await FoundAsync(Account("a"));
        await FoundAsync(Account("b", Alice));
        _faults.AllCalls.ShouldBe(calls);
    }

    [Fact]
    public async Task The_same_subject_of_two_issuers_is_two_people() =>
        (await FoundAsync(Account("a") with { Issuer = "https://other.example" })).Stream.ShouldNotBe((await FoundAsync(Account("a"))).Stream);

    [Fact]
    public async Task Under_another_key_names_are_others()
    {
        var key = new byte[OperatorKey.Size];
        key[0] = 1;
        (await FoundAsync(Account("a"), new(_store, new(key)))).Stream.ShouldNotBe((await FoundAsync(Account("a"))).Stream);
    }

    [Fact]
    public async Task Two_accounts_of_one_human_are_one_person()
    {
        var first = await FoundAsync(Account("a", Alice));
        first.IsNew.ShouldBeTrue();
        (await FoundAsync(Account("b", Alice))).ShouldBe(new(first.Stream, IsNew: false));
    }

    [Fact]
    public async Task An_account_and_a_person_that_name_two_streams_are_a_conflict()
    {
        await FoundAsync(Account("b"));
        var person = await FoundAsync(Account("a", Alice));
        (await _names.OfPersonAsync(Account("b", Alice), default)).ShouldBeOfType<NamedStream.Conflict>();
        (await _names.OfPersonAsync(Account("b", Alice), default)).ShouldBeOfType<NamedStream.Conflict>();
        (await FoundAsync(Account("a", Alice))).Stream.ShouldBe(person.Stream);
    }

    [Fact]
    public async Task Turning_trust_on_meets_the_same_stream()
    {
        var account = await FoundAsync(Account("a"));
        (await FoundAsync(Account("a", Alice))).ShouldBe(new(account.Stream, IsNew: false));
        (await FoundAsync(Account("b", Alice))).ShouldBe(new(account.Stream, IsNew: false));
    }

    [Fact]
    public async Task Turning_trust_off_meets_the_same_stream()
    {
        var person = await FoundAsync(Account("a", Alice));
        await FoundAsync(Account("b", Alice));
        (await FoundAsync(Account("a"), NewInstance())).ShouldBe(new(person.Stream, IsNew: false));
        (await FoundAsync(Account("b"), NewInstance())).ShouldBe(new(person.Stream, IsNew: false));
    }

    [Fact]
    public async Task A_crash_between_the_two_claims_shuts_nobody_out()
    {
        _faults.On(StoreCall.ClaimName, Fault.Before, nth: 2);
        await Should.ThrowAsync<StorageUnavailableException>(_names.OfPersonAsync(Account("a", Alice), default).AsTask());
        var other = await FoundAsync(Account("b", Alice), NewInstance());
        (await FoundAsync(Account("a", Alice))).Stream.ShouldBe(other.Stream);
    }

    [Fact]
    public async Task Two_instances_that_meet_a_person_at_once_agree()
    {
        var hold = _faults.HoldNext(StoreCall.ClaimName);
        var late = FoundAsync(Account("a"));
        await hold.Reached;
        var winner = await FoundAsync(Account("a"), NewInstance());
        winner.IsNew.ShouldBeTrue();
        hold.Release();
        (await late).ShouldBe(new(winner.Stream, IsNew: false));
    }

    [Fact]
    public async Task Two_instances_that_meet_two_accounts_of_one_human_at_once_agree()
    {
        var hold = _faults.HoldNext(StoreCall.ClaimName);
        var late = FoundAsync(Account("a", Alice));
        await hold.Reached;
        var winner = await FoundAsync(Account("b", Alice), NewInstance());
        winner.IsNew.ShouldBeTrue();
        hold.Release();
        (await late).ShouldBe(new(winner.Stream, IsNew: false));
    }

    private StreamNames NewInstance() => new(_store, new(new byte[OperatorKey.Size]));

    private static VerifiedIdentity Account(string subject, string? person = null) =>
        new("https://issuer.example", subject, person, Assurance.None, AuthenticatedAt: null, DateTimeOffset.MaxValue);

    private async Task<NamedStream.Found> FoundAsync(VerifiedIdentity identity, StreamNames? by = null) =>
        (await (by ?? _names).OfPersonAsync(identity, default)).ShouldBeOfType<NamedStream.Found>();
}
