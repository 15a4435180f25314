using System.Text.Json.Nodes;
using Gating.Registry;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Registry;

public sealed class RegistrySeederTests
{
    private readonly InMemoryRegistryStore _store = new();

    [Fact]
    public async Task A_seed_is_written_whole_and_then_not_again()
    {
        (await SeedAsync(Seed.Whole())).ShouldBe(new SeedOutcome.Seeded(1, 8, 0));
        (await SeedAsync(Seed.Whole())).ShouldBe(new SeedOutcome.Seeded(1, 0, 0));

        (await RowsAsync()).ShouldBe(Seed.Whole().Read().Valid().Rows, ignoreOrder: true);
        _store.Faults.Calls(StoreCall.WriteRegistry).ShouldBe(1);
    }

    [Fact]
    public async Task Only_what_changed_is_written()
    {
        await SeedAsync(Seed.Whole());
        var seed = Seed.Whole();
        seed.At("/tools/0")["maxUnits"] = 11;

        (await SeedAsync(seed)).ShouldBe(new SeedOutcome.Seeded(2, 1, 0));
    }

    [Fact]
    public async Task A_merge_keeps_what_it_does_not_name_and_a_replacement_removes_it()
    {
        await SeedAsync(Seed.Whole());

        (await SeedAsync(Small(), SeedMode.Merge)).ShouldBe(new SeedOutcome.Seeded(2, 1, 0));
        (await RowsAsync()).Count.ShouldBe(8);
        (await SeedAsync(Small(), SeedMode.Replace)).ShouldBe(new SeedOutcome.Seeded(3, 0, 7));
        (await RowsAsync()).Single().Kind.ShouldBe("policy");
    }

    [Fact]
    public async Task A_merge_that_contradicts_what_stays_is_refused_and_nothing_is_written()
    {
        await SeedAsync(Seed.Whole());
        var rival = Small();
        rival["issuers"] = Seed.Whole()["issuers"]!.DeepClone();
        rival["apps"] = new JsonArray(new JsonObject
        {
            ["id"] = "rival", ["name"] = "Rival", ["status"] = "stopped", ["tools"] = new JsonArray(), ["audiences"] = new JsonObject { [Seed.Issuer] = new JsonArray("studio-web") },
        });

        (await SeedAsync(rival)).ShouldBeOfType<SeedOutcome.Refused>().Errors.Single().Allowed.ShouldContain("app");

        _store.Faults.Calls(StoreCall.WriteRegistry).ShouldBe(1);
    }

    [Fact]
    public async Task A_replacement_puts_right_what_cannot_be_read()
    {
        await _store.WriteAsync(0, [new("app", "odd", "{\"version\":9}")], [], CancellationToken.None);

        (await SeedAsync(Seed.Whole(), SeedMode.Merge)).ShouldBeOfType<SeedOutcome.Refused>();
        (await SeedAsync(Seed.Whole(), SeedMode.Replace)).ShouldBe(new SeedOutcome.Seeded(2, 8, 1));
    }

    [Fact]
    public async Task A_stamp_that_moved_is_tried_again_on_what_is_there_then()
    {
        var racing = new RacingStore(_store, races: 2);

        (await SeedAsync(racing, Seed.Whole(), SeedMode.Merge)).ShouldBe(new SeedOutcome.Seeded(3, 8, 0));
    }

    [Fact]
    public async Task Others_who_never_stop_writing_end_it_after_five_attempts()
    {
        var racing = new RacingStore(_store, races: int.MaxValue);

        (await SeedAsync(racing, Seed.Whole(), SeedMode.Merge)).ShouldBe(new SeedOutcome.Contended());
        racing.Raced.ShouldBe(5);
        (await RowsAsync()).Single().Kind.ShouldBe("policy", "only the others wrote");
    }

    [Fact]
    public async Task A_lost_answer_is_found_done_by_the_next_call()
    {
        _store.Faults.On(StoreCall.WriteRegistry, Fault.After);
        await Should.ThrowAsync<StorageUnavailableException>(() => SeedAsync(Seed.Whole()));

        (await SeedAsync(Seed.Whole())).ShouldBe(new SeedOutcome.Seeded(1, 0, 0));
    }

    private static JsonObject Small() => (JsonObject)JsonNode.Parse("""{"version":1,"apps":[],"tools":[],"issuers":[],"policy":{"personQuotas":[]}}""")!;

    private async Task<IReadOnlyList<RegistryRow>> RowsAsync() => (await _store.ReadAsync(CancellationToken.None)).Rows;

    private Task<SeedOutcome> SeedAsync(JsonObject seed, SeedMode mode = SeedMode.Merge) => SeedAsync(_store, seed, mode);

    private static Task<SeedOutcome> SeedAsync(IRegistryStore store, JsonObject seed, SeedMode mode) =>
        new RegistrySeeder(store, RegistryMode.Production).SeedAsync(seed.Read().Valid(), mode, CancellationToken.None);

    /// <summary>Somebody else writes just before each of the first writes that pass through it.</summary>
    private sealed class RacingStore(InMemoryRegistryStore inner, int races) : IRegistryStore
    {
        public int Raced { get; private set; }

        public Task<long> ReadVersionAsync(CancellationToken cancellation) => inner.ReadVersionAsync(cancellation);

        public Task<(long Version, IReadOnlyList<RegistryRow> Rows)> ReadAsync(CancellationToken cancellation) => inner.ReadAsync(cancellation);

        public async Task<long?> WriteAsync(
            long expectedVersion, IReadOnlyList<RegistryRow> upserts, IReadOnlyList<RegistryRow> deletions, CancellationToken cancellation)
        {
            if (Raced < races)
            {
                Raced++;
                await inner.WriteAsync(await inner.ReadVersionAsync(cancellation), Small().Read().Valid().Rows, [], cancellation);
            }

            return await inner.WriteAsync(expectedVersion, upserts, deletions, cancellation);
        }
    }
}
