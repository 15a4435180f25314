using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Gating.Admission;
using Gating.Grants;
using Gating.Registry;
using Gating.StatusLists;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Shouldly;
using Xunit;

namespace Gating.Tests.StatusLists;

public sealed class PublishedStatusListsTests
{
    private const string Gate = "https://gate.test";

    private readonly GateFixture _gate = new();
    private readonly SigningKeyRing _keys = GateFixture.NewKeys();

    [Fact]
    public async Task A_list_is_signed_as_the_draft_says()
    {
        var place = await GrantedAsync();
        var token = (await NewLists().FindAsync(place.List, default)).ShouldNotBeNull();

        var parts = Encoding.ASCII.GetString(token.Token.Span).Split('.');
        var (header, claims) = (Json(parts[0]), Json(parts[1]));
        header.GetProperty("typ").GetString().ShouldBe("statuslist+jwt");
        header.GetProperty("kid").GetString().ShouldBe(_keys.Current.KeyId);
        claims.EnumerateObject().Select(static claim => claim.Name).ShouldBe(["sub", "iat", "exp", "ttl", "status_list"]);
        claims.GetProperty("sub").GetString().ShouldBe($"{Gate}/statuslists/{place.List}");
        claims.GetProperty("ttl").GetInt64().ShouldBe(15);
        (claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64()).ShouldBe(60);
        claims.GetProperty("status_list").GetProperty("bits").GetInt32().ShouldBe(1);
        IsValid(token, place.Index).ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_marked_shows_a_second_later_and_is_signed_anew_for_that_alone()
    {
        var (place, lists) = (await GrantedAsync(), NewLists());
        var first = (await lists.FindAsync(place.List, default))!;
        _gate.Time.Pass(PublishedStatusLists.MaxAge * 2);
        (await lists.FindAsync(place.List, default)).ShouldBeSameAs(first);

        await NewMarks().InvalidateAsync([place], default);
        _gate.Time.Pass(PublishedStatusLists.MaxAge * 2);
        var second = (await lists.FindAsync(place.List, default))!;

        second.Tag.ShouldNotBe(first.Tag);
        IsValid(second, place.Index).ShouldBeFalse();
        IsValid(second, (place.Index + 1) % StatusList.Size).ShouldBeTrue();
    }

    [Fact]
    public async Task A_token_that_is_served_is_good_for_longer_than_its_ttl()
    {
        var (place, lists) = (await GrantedAsync(), NewLists());
        for (var i = 0; i < 40; i++)
        {
            var token = (await lists.FindAsync(place.List, default))!;
            var expires = DateTimeOffset.FromUnixTimeSeconds(Json(Encoding.ASCII.GetString(token.Token.Span).Split('.')[1]).GetProperty("exp").GetInt64());
            (expires - _gate.Time.GetUtcNow()).ShouldBeGreaterThan(PublishedStatusLists.TimeToLive * 2);
            _gate.Time.Pass(TimeSpan.FromSeconds(1.7));
        }
    }

    [Theory]
    [InlineData("apps")]
    [InlineData("tools")]
    [InlineData("issuers")]
    public async Task While_what_its_grants_rest_on_is_stopped_none_is_valid_and_afterwards_they_are_again(string stopped)
    {
        var (place, lists) = (await GrantedAsync(), NewLists());
        IsValid((await lists.FindAsync(place.List, default))!, place.Index).ShouldBeTrue();
        await SetStatusAsync(stopped, "stopped");
        _gate.Time.Pass(RegistrySource.MaxAge * 1.1);
        var all = (await lists.FindAsync(place.List, default))!;
        IsValid(all, place.Index).ShouldBeFalse();
        IsValid(all, StatusList.Size - 1).ShouldBeFalse();

        await SetStatusAsync(stopped, "active");
        _gate.Time.Pass(RegistrySource.MaxAge * 1.1);
        IsValid((await lists.FindAsync(place.List, default))!, place.Index).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_not_known_is_not_published_and_not_remembered()
    {
        var (place, lists) = (await GrantedAsync(), NewLists());
        (await lists.FindAsync(new(new(0, 1)), default)).ShouldBeNull();
        await lists.FindAsync(place.List, default);
        foreach (var call in new[] { StoreCall.ReadStatusList, StoreCall.ReadRegistryVersion })
        {
            _gate.Time.Pass(RegistrySource.MaxAge * 1.1);
            using (_gate.Faults.Outage(Fault.Before, call))
            {
                await Should.ThrowAsync<StorageUnavailableException>(() => lists.FindAsync(place.List, default));
            }

            _gate.Time.Pass(RegistrySource.FailurePause * 2);
            (await lists.FindAsync(place.List, default)).ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Many_who_ask_at_once_share_one_read()
    {
        var (place, lists) = (await GrantedAsync(), NewLists());
        await lists.FindAsync(place.List, default);
        _gate.Time.Pass(PublishedStatusLists.MaxAge * 1.1);
        var before = _gate.Faults.Calls(StoreCall.ReadStatusList);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => lists.FindAsync(place.List, default))));

        _gate.Faults.Calls(StoreCall.ReadStatusList).ShouldBe(before + 1);
    }

    [Fact]
    public async Task Lists_are_listed_for_as_long_as_a_grant_can_name_them()
    {
        var (place, lists) = (await GrantedAsync(), NewLists());
        var uri = PublishedStatusLists.UriOf(Gate, place.List);
        (await lists.ListAsync(default)).ShouldBe([uri]);

        var left = TimeSpan.FromHours(1) - TimeSpan.FromTicks(_gate.Time.GetUtcNow().UtcTicks % TimeSpan.TicksPerHour);
        _gate.Time.Pass(left + Tool.LongestGrant - TimeSpan.FromSeconds(20));
        (await lists.ListAsync(default)).ShouldBe([uri]);
        _gate.Time.Pass(TimeSpan.FromSeconds(21));
        (await lists.ListAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sweep_takes_lists_away_a_day_later_and_no_others()
    {
        var place = await GrantedAsync();
        var sweep = new StatusListSweep(_gate.StatusLists, new InMemoryTaskCursors(), _gate.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<StatusListSweep>.Instance);
        _gate.Time.Pass(TimeSpan.FromHours(StatusListSweep.Kept));
        (await sweep.RunAsync(default)).ShouldBe(0);
        var later = await new StatusLeases(_gate.StatusLists, new(new(new byte[32])), _gate.Time).TakeAsync(new("a", "b", "c"), default);
        _gate.Time.Pass(TimeSpan.FromHours(1));

        (await sweep.RunAsync(default)).ShouldBe(1);
        (await sweep.RunAsync(default)).ShouldBe(0);
        (await _gate.StatusLists.ReadAsync(place.List, default)).ShouldBeNull();
        (await _gate.StatusLists.ReadAsync(later.List, default)).ShouldNotBeNull();
    }

    private async Task<StatusPlace> GrantedAsync() => (await _gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>().Terms.Status.ShouldNotBeNull();

    private async Task SetStatusAsync(string kind, string status)
    {
        _gate.Registry[kind]![0]!["status"] = status;
        await _gate.WriteRegistryAsync();
    }

    private PublishedStatusLists NewLists() => new(_gate.StatusLists, new(_gate.RegistryStore, _gate.Time, RegistryMode.Production), _keys, Gate, _gate.Time);

    private StatusMarks NewMarks() => new(_gate.StatusLists, _gate.Time);

    private static bool IsValid(StatusListToken token, int place) =>
        StatusBits.IsValid(Base64Url.DecodeFromChars(Json(Encoding.ASCII.GetString(token.Token.Span).Split('.')[1]).GetProperty("status_list").GetProperty("lst").GetString()), place);

    private static JsonElement Json(string part) => JsonDocument.Parse(Base64Url.DecodeFromChars(part)).RootElement;
}
