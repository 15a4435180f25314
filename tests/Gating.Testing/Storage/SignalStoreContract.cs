using Gating.Signals;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every store of security events must do. Each test has an empty one.</summary>
public abstract class SignalStoreContract
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private static readonly SignalStream Stream = new(
        "studio.1", "s1", SignalDelivery.Push, new("https://receiver.test/events?x=1"), new byte[] { 1, 2, 3 }, [SecurityEvents.SessionRevoked], "ours 流", SignalStatus.Paused, "for a while");

    [Fact]
    public async Task A_stream_is_written_once_replaced_as_it_was_read_and_removed()
    {
        var store = await OpenAsync();
        (await store.FindStreamAsync(Stream.App, default)).ShouldBeNull();
        (await store.WriteStreamAsync(Stream, null, default)).ShouldBeTrue();
        (await store.WriteStreamAsync(Stream with { Id = "s2" }, null, default)).ShouldBeFalse();

        var first = (await store.FindStreamAsync(Stream.App, default)).ShouldNotBeNull();
        ShouldBe(first.Stream, Stream);
        var bare = Stream with { Delivery = SignalDelivery.Poll, Endpoint = null, Authorization = null, Events = [], Description = null, Status = SignalStatus.Enabled, Reason = null };
        (await store.WriteStreamAsync(bare, first.Token, default)).ShouldBeTrue();
        (await store.WriteStreamAsync(Stream, first.Token, default)).ShouldBeFalse();
        (await store.RemoveStreamAsync(Stream.App, first.Token, default)).ShouldBeFalse();

        var second = (await store.FindStreamAsync(Stream.App, default)).ShouldNotBeNull();
        ShouldBe(second.Stream, bare);
        (await store.RemoveStreamAsync(Stream.App, second.Token, default)).ShouldBeTrue();
        (await store.FindStreamAsync(Stream.App, default)).ShouldBeNull();
    }

    [Fact]
    public async Task An_event_waits_until_it_is_settled_and_its_id_is_known_until_it_is_purged()
    {
        var store = await OpenAsync();
        var signal = Event(1, Noon);
        (await store.AddAsync("studio.1", signal, default)).ShouldBe(KeptSignal.Added);
        (await store.AddAsync("studio.1", signal with { Claims = "{}"u8.ToArray() }, default)).ShouldBe(KeptSignal.Waiting);
        var found = (await store.FindAsync("studio.1", signal.Id, default)).ShouldNotBeNull();
        (found.At, System.Text.Encoding.UTF8.GetString(found.Claims.Span)).ShouldBe((Noon, "{\"n\":1}"));

        await store.SettleAsync("studio.1", signal.Id, default);
        await store.SettleAsync("studio.1", signal.Id, default);
        (await store.FindAsync("studio.1", signal.Id, default)).ShouldBeNull();
        (await IdsAsync(store)).ShouldBeEmpty();
        (await store.AddAsync("studio.1", signal, default)).ShouldBe(KeptSignal.Received);
        await store.PurgeAsync("studio.1", Noon.AddMinutes(1), DateTimeOffset.UnixEpoch, default);
        (await store.AddAsync("studio.1", signal, default)).ShouldBe(KeptSignal.Added);
    }

    [Fact]
    public async Task What_waits_and_what_was_received_are_purged_each_by_its_own_time()
    {
        var store = await OpenAsync();
        for (var n = 0; n < 4; n++)
        {
            await store.AddAsync("studio.1", Event(n, Noon.AddHours(n)), default);
        }

        await store.SettleAsync("studio.1", Event(0, Noon).Id, default);
        await store.SettleAsync("studio.1", Event(3, Noon).Id, default);
        await store.PurgeAsync("studio.1", received: Noon.AddHours(1), waiting: Noon.AddHours(2), default);
        (await IdsAsync(store)).ShouldBe([Event(2, Noon).Id]);
        (await store.AddAsync("studio.1", Event(0, Noon), default)).ShouldBe(KeptSignal.Added);
        (await store.AddAsync("studio.1", Event(3, Noon), default)).ShouldBe(KeptSignal.Received);
    }

    [Fact]
    public async Task Apps_are_kept_apart_and_a_stream_goes_with_what_waits_in_it()
    {
        var store = await OpenAsync();
        await store.WriteStreamAsync(Stream, null, default);
        await store.AddAsync("studio.1", Event(1, Noon), default);
        await store.AddAsync("studio", Event(2, Noon), default);
        (await store.FindAsync("studio", Event(1, Noon).Id, default)).ShouldBeNull();
        (await IdsAsync(store)).ShouldBe([Event(1, Noon).Id]);
        (await store.RemoveStreamAsync("studio.1", (await store.FindStreamAsync("studio.1", default))!.Token, default)).ShouldBeTrue();
        (await IdsAsync(store)).ShouldBeEmpty();
        (await store.FindAsync("studio", Event(2, Noon).Id, default)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("stream")]
    [InlineData("../x")]
    [InlineData("e;00000000000000000000000000000001")]
    public async Task An_id_that_no_event_has_is_of_none(string id)
    {
        var store = await OpenAsync();
        await store.WriteStreamAsync(Stream, null, default);
        (await store.FindAsync(Stream.App, id, default)).ShouldBeNull();
        await store.SettleAsync(Stream.App, id, default);
        (await store.FindStreamAsync(Stream.App, default)).ShouldNotBeNull();
    }

    protected abstract ValueTask<ISignalStore> OpenAsync();

    private static SecurityEvent Event(int n, DateTimeOffset at) => new(n.ToString("x32"), at, System.Text.Encoding.UTF8.GetBytes($"{{\"n\":{n}}}"));

    private static void ShouldBe(SignalStream stream, SignalStream expected)
    {
        (stream with { Authorization = null, Events = [] }).ShouldBe(expected with { Authorization = null, Events = [] });
        stream.Events.ShouldBe(expected.Events);
        stream.Authorization.HasValue.ShouldBe(expected.Authorization.HasValue);
        (stream.Authorization?.ToArray() ?? []).ShouldBe(expected.Authorization?.ToArray() ?? []);
    }

    private static async Task<List<string>> IdsAsync(ISignalStore store)
    {
        var ids = new List<string>();
        await foreach (var signal in store.ReadAsync("studio.1", default))
        {
            ids.Add(signal.Id);
        }

        return ids;
    }
}
