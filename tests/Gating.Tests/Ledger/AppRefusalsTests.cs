using System.Text;
using Gating.Admission;
using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Storage;
using Gating.Tests.Ledger.Append;
using Shouldly;
using Xunit;

namespace Gating.Tests.Ledger;

/// <summary>Refusals without a verified person: counted in memory, one entry of the app a minute.</summary>
public sealed class AppRefusalsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualTime _time = ManualTime.Stepped();
    private readonly Faults _faults = new();
    private readonly InMemoryLedgerStore _store;
    private readonly StreamNames _names;
    private readonly AppRefusals _refusals;

    public AppRefusalsTests()
    {
        _store = new(_faults);
        _names = new(new InMemoryNameStore(_faults), LedgerWorld.Key);
        _refusals = new(new(_store, new InMemoryTraceQueue(_faults), LedgerWorld.Key, _time), _names, _time);
    }

    [Fact]
    public async Task A_minute_of_refusals_is_one_entry_with_the_count_of_each_reason()
    {
        for (var i = 0; i < 5; i++)
        {
            _refusals.Count("studio", i < 2 ? "token_invalid" : "client_unknown");
        }

        _time.Pass(Minute - TimeSpan.FromSeconds(1));
        _faults.AllCalls.ShouldBe(0);
        _time.Pass(TimeSpan.FromSeconds(1));
        (await EntriesAsync(1)).ShouldBe(["""{"v":1,"app":"studio","refusals":{"client_unknown":3,"token_invalid":2}}"""]);
    }

    [Fact]
    public async Task Each_app_has_its_own_count_and_the_next_minute_another_entry()
    {
        _refusals.Count("studio", "token_invalid");
        _refusals.Count("other", "token_invalid");
        _time.Pass(Minute);
        await EntriesAsync(1);
        _refusals.Count("studio", "token_invalid");
        _time.Pass(Minute);
        (await EntriesAsync(2)).ShouldAllBe(text => text == """{"v":1,"app":"studio","refusals":{"token_invalid":1}}""");
    }

    [Fact]
    public async Task What_could_not_be_written_is_written_a_minute_later()
    {
        _refusals.Count("studio", "token_invalid");
        using (_faults.Outage(Fault.Before))
        {
            _time.Pass(Minute);
            await Eventually.TrueAsync(() => _time.Delays.Count == 2);
        }

        _refusals.Count("studio", "token_invalid");
        _time.Pass(Minute);
        (await EntriesAsync(1)).ShouldBe(["""{"v":1,"app":"studio","refusals":{"token_invalid":2}}"""]);
    }

    /// <summary>The public parts of the app's entries, once there are so many.</summary>
    private async Task<List<string>> EntriesAsync(int count)
    {
        var stream = await _names.OfAsync("app", "studio", default);
        var texts = new List<string>();
        await Eventually.TrueAsync(() => _store.Streams.Contains(stream));
        await Eventually.TrueAsync(async () =>
        {
            texts.Clear();
            await foreach (var entry in _store.ReadEntriesAsync(stream, 1, long.MaxValue, default))
            {
                entry.Kind.ShouldBe(EntryKind.AppRefusals);
                texts.Add(Encoding.UTF8.GetString(entry.Public.Span));
            }

            return texts.Count >= count;
        });
        return texts;
    }
}
