using System.Collections.Frozen;
using Gating.Identity;
using Gating.Identity.Keys;
using Gating.Ledger;
using Gating.Registry;
using Gating.Revocation;
using Gating.Signals.Receiving;
using Gating.Tests.Admission;
using Gating.Tests.Revocation;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Gating.Tests.Signals.Receiving;

/// <summary>What follows from events that were believed, over stores in memory; each <see cref="Restart"/> is a new process on the same stores.</summary>
internal sealed class EventOffice
{
    private EventReceiver _receiver = null!;

    public EventOffice() => Build();

    public RevocationOffice Desk { get; } = new();

    public static Issuer Issuer { get; } = new(
        GateFixture.Issuer, "issuer", RegistryStatus.Active, new("https://issuer.test/x"), FrozenSet.Create("ES256"), FrozenSet.Create(""), TimeSpan.FromHours(1), null, [], FrozenDictionary<AssuranceLevel, string>.Empty);

    public void Restart()
    {
        Desk.Restart();
        Build();
    }

    public ReportedEvent Event(ReportedKind kind, string id = "e1", string subject = "alice", TimeSpan ago = default, AssuranceChange? change = null) => new(
        Issuer, id, DateTimeOffset.FromUnixTimeSeconds((Desk.World.Gate.Time.GetUtcNow() - ago).ToUnixTimeSeconds()), kind, subject, RevocationReason.Hijacking,
        change ?? (kind is ReportedKind.AssuranceLevelChange ? new(AssuranceLevel.Low, AssuranceLevel.High, AssuranceDirection.Decrease) : null));

    public Task<ReceivedOutcome> FollowAsync(ReportedEvent reported) => _receiver.FollowAsync(reported, default);

    public async Task DoneAsync(ReportedEvent reported) => (await FollowAsync(reported)).ShouldBeOfType<ReceivedOutcome.Done>();

    public async Task<StreamStatus> StatusAsync(StreamId person) => (await Desk.World.Gate.Ledger.ReadHeadAsync(person, default))!.Head.StatusAt(Desk.World.Gate.Time.GetUtcNow());

    public async Task<List<EntryKind>> RecordsAsync() => [.. (await Desk.EntriesAsync(await Desk.OperatorAsync())).Select(static entry => entry.Kind)];

    private void Build()
    {
        var (gate, key) = (Desk.World.Gate, new OperatorKey(new byte[OperatorKey.Size]));
        var names = gate.NewNames();
        var (sealedParts, appender) = (new SealedReader(gate.Store, key), Desk.World.Appender);
        _receiver = new(
            new(new IssuerKeys(new(AllowLoopback: false), gate.Time, NullLogger<IssuerKeys>.Instance), gate.Time), new(gate.RegistryStore, gate.Time, RegistryMode.Production), names, Desk.Desk,
            new(gate.Store, new(gate.Store, appender, names, sealedParts), new(gate.Store, appender), sealedParts, gate.Time), new(gate.Store, appender, Desk.NoSignals(), gate.Time));
    }
}
