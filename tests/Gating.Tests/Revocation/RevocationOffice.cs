using Gating.Access;
using Gating.Ledger;
using Gating.Registry;
using Gating.Revocation;
using Gating.Signals;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Gating.Tests.Generations;
using Shouldly;

namespace Gating.Tests.Revocation;

/// <summary>Who stops people, over stores in memory; each <see cref="Restart"/> is a new process on the same stores.</summary>
internal sealed class RevocationOffice
{
    public static readonly Official Ada = new("https://desk.test", "ada", null);
    public static readonly Official Ben = new("https://desk.test", "ben", null);

    private StreamNames _names = null!;

    public RevocationOffice() => Restart();

    public GenerationFixture World { get; } = new();

    public RevocationDesk Desk { get; private set; } = null!;

    public OpenGrants Grants { get; private set; } = null!;

    public OperatorLedger Operators { get; private set; } = null!;

    public void Restart()
    {
        World.Restart();
        _names = World.Gate.NewNames();
        Operators = new(World.Gate.Store, World.Appender, _names, new(World.Gate.Store, new(new byte[OperatorKey.Size])));
        Grants = new(World.Gate.Store, World.Gate.Time);
        Desk = new(World.Gate.Store, Operators, new(World.Gate.Store, World.Appender), new(World.Gate.RegistryStore, World.Gate.Time), NewRevoker(), Grants, new(World.Gate.StatusLists, World.Gate.Time), NoSignals(), World.Gate.Time);
    }

    private GrantRevoker NewRevoker() => new(
        new(GateFixture.NewKeys(), World.Handles, "https://gate.test"), World.Gate.Store, World.Appender, new(World.Gate.RegistryStore, World.Gate.Time, RegistryMode.Production),
        new(World.Appender, World.Gate.Store, World.Gate.Names, World.Gate.Time), new(World.Gate.StatusLists, World.Gate.Time));

    /// <summary>Apps are told beside the desk; here nobody is, so that each call of the desk's own is the same one every time.</summary>
    public PersonSignals NoSignals()
    {
        var (store, key) = (new InMemorySignalStore(), new OperatorKey(new byte[OperatorKey.Size]));
        var ledger = new InMemoryLedgerStore(new Faults());
        return new(
            ledger, new(ledger, World.Gate.Time), store, new(new(key), "https://gate.test"), new(store, new InMemoryMessageQueues(World.Gate.Time), new(null, new(key), new(allowLoopback: true), World.Gate.Time), World.Gate.Time), World.Gate.Time);
    }

    public Task<RevocationOutcome> RevokeAsync(StreamId person, string key = "k", DateTimeOffset? until = null, string text = "why", Official? by = null, DateTimeOffset? from = null) =>
        Desk.RevokeAsync(new(new RevocationTarget.OfPerson(person), RevocationReason.Abuse, text, until, from), by ?? Ada, GateFixture.Key(key), default);

    public static RevocationOutcome.Done Done(RevocationOutcome outcome) => outcome.ShouldBeOfType<RevocationOutcome.Done>();

    public ValueTask<StreamId> OperatorAsync() => _names.OfAsync(StreamNames.Operator, StreamNames.Operator, default);

    public async Task<List<Entry>> EntriesAsync(StreamId stream)
    {
        var entries = new List<Entry>();
        await foreach (var entry in World.Gate.Ledger.ReadEntriesAsync(stream, 1, long.MaxValue, default))
        {
            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>Both chains verify and were announced whole, and no store saw a rule broken.</summary>
    public async Task ShouldBeSoundAsync(StreamId person)
    {
        World.Faults.Violations.ShouldBeEmpty();
        foreach (var stream in new[] { person, await OperatorAsync() })
        {
            (await StreamVerifier.VerifyAsync(World.Gate.Ledger, stream, default)).Findings.ShouldBeEmpty();
            await World.ShouldBeAnnouncedAsync(stream);
        }
    }
}
