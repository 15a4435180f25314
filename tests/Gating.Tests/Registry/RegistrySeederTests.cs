using System.Text.Json.Nodes;
using Gating.Registry;
using Shouldly;
using Xunit;

namespace Gating.Tests.Registry;

public sealed class RegistrySeederTests
{
    private readonly FaultyRegistryStore _store = new();
    private readonly RegistrySeeder _seeder;

    public RegistrySeederTests() => _seeder = new(_store, RegistryMode.Production);

    [Fact]
    public async Task A_seed_is_written_whole_and_then_not_again()
    {
        (await SeedAsync(Seed.Whole())).ShouldBe(new SeedOutcome.Seeded(1, 7, 0));
        (await SeedAsync(Seed.Whole())).ShouldBe(new SeedOutcome.Seeded(1, 0, 0));

        _store.Rows.ShouldBe(Seed.Whole().Read().Valid().Rows, ignoreOrder: true);
        _store.Writes.Count.ShouldBe(1);
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
        _store.Rows.Count.ShouldBe(7);
        (await SeedAsync(Small(), SeedMode.Replace)).ShouldBe(new SeedOutcome.Seeded(3, 0, 6));
        _store.Rows.Single().Kind.ShouldBe("policy");
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

        _store.Writes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_replacement_puts_right_what_cannot_be_read()
    {
        _store.Put(new RegistryRow("app", "odd", "{\"version\":9}"));

        (await SeedAsync(Seed.Whole(), SeedMode.Merge)).ShouldBeOfType<SeedOutcome.Refused>();
        (await SeedAsync(Seed.Whole(), SeedMode.Replace)).ShouldBe(new SeedOutcome.Seeded(2, 7, 1));
    }

    [Fact]
    public async Task A_stamp_that_moved_is_tried_again_on_what_is_there_then()
    {
        var other = Small().Read().Valid().Rows.Single();
        var moves = 2;
        _store.BeforeWrite = () =>
        {
            if (moves-- > 0)
            {
                _store.Put(other);
            }
        };

        (await SeedAsync(Seed.Whole())).ShouldBe(new SeedOutcome.Seeded(3, 7, 0));
    }

    [Fact]
    public async Task Others_who_never_stop_writing_end_it_after_five_attempts()
    {
        var attempts = 0;
        _store.BeforeWrite = () =>
        {
            attempts++;
            _store.Put(Small().Read().Valid().Rows.Single());
        };

        (await SeedAsync(Seed.Whole())).ShouldBe(new SeedOutcome.Contended());
        attempts.ShouldBe(5);
        _store.Writes.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lost_answer_is_found_done_by_the_next_call()
    {
        _store.LoseAnswers = true;
        await Should.ThrowAsync<StorageUnavailableException>(() => SeedAsync(Seed.Whole()));

        (await SeedAsync(Seed.Whole())).ShouldBe(new SeedOutcome.Seeded(1, 0, 0));
    }

    private static JsonObject Small() => (JsonObject)JsonNode.Parse("""{"version":1,"apps":[],"tools":[],"issuers":[],"policy":{"personQuotas":[]}}""")!;

    private Task<SeedOutcome> SeedAsync(JsonObject seed, SeedMode mode = SeedMode.Merge) =>
        _seeder.SeedAsync(seed.Read().Valid(), mode, CancellationToken.None);
}
