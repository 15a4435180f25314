using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every name store must do.</summary>
public abstract class NameStoreContract
{
    [Fact]
    public async Task A_name_that_nobody_claimed_is_not_found()
    {
        var store = await OpenAsync();

        (await store.FindAsync(Some.Name(), default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_claimed_name_is_found()
    {
        var store = await OpenAsync();
        var (name, stream) = (Some.Name(), StreamId.Create());

        (await store.ClaimAsync(name, stream, default)).ShouldBe(stream);

        (await store.FindAsync(name, default)).ShouldBe(stream);
    }

    [Fact]
    public async Task The_first_claim_wins_and_later_ones_hear_who_did()
    {
        var store = await OpenAsync();
        var (name, first) = (Some.Name(), StreamId.Create());
        await store.ClaimAsync(name, first, default);

        (await store.ClaimAsync(name, StreamId.Create(), default)).ShouldBe(first);

        (await store.FindAsync(name, default)).ShouldBe(first);
    }

    [Fact]
    public async Task The_same_claim_again_is_the_same_claim()
    {
        var store = await OpenAsync();
        var (name, stream) = (Some.Name(), StreamId.Create());
        await store.ClaimAsync(name, stream, default);

        (await store.ClaimAsync(name, stream, default)).ShouldBe(stream);
    }

    [Fact]
    public async Task Two_names_may_have_one_stream()
    {
        var store = await OpenAsync();
        var (one, other, stream) = (Some.Name(), Some.Name(), StreamId.Create());
        await store.ClaimAsync(one, stream, default);

        (await store.ClaimAsync(other, stream, default)).ShouldBe(stream);
    }

    [Fact]
    public async Task Many_who_claim_at_once_agree_on_one_stream()
    {
        var store = await OpenAsync();
        var name = Some.Name();

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => store.ClaimAsync(name, StreamId.Create(), default))));

        answers.Distinct().ShouldHaveSingleItem().ShouldBe((await store.FindAsync(name, default))!.Value);
    }

    [Fact]
    public async Task A_name_is_released_by_its_own_stream_alone_and_is_claimed_anew()
    {
        var store = await OpenAsync();
        var (name, first, second) = (Some.Name(), StreamId.Create(), StreamId.Create());
        await store.ReleaseAsync(name, first, default);
        await store.ClaimAsync(name, first, default);

        await store.ReleaseAsync(name, second, default);
        (await store.FindAsync(name, default)).ShouldBe(first);

        await store.ReleaseAsync(name, first, default);
        await store.ReleaseAsync(name, first, default);
        (await store.FindAsync(name, default)).ShouldBeNull();
        (await store.ClaimAsync(name, second, default)).ShouldBe(second);
        await store.ReleaseAsync(name, first, default);
        (await store.FindAsync(name, default)).ShouldBe(second);
    }

    protected abstract ValueTask<INameStore> OpenAsync();
}
