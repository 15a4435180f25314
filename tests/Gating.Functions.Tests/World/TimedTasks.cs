using Gating.Access;
using Gating.Archive;
using Gating.Erasure;
using Gating.Holds;
using Gating.Ledger;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gating.Functions.Tests.World;

/// <summary>The daily tasks over a world's storage, at a time that the test moves: each run is an instance of its own. What storage says of its clock is not held against them.</summary>
public sealed class TimedTasks(GateWorld world)
{
    private readonly ClockCheck _clock = new(static () => true, TimeSpan.Zero);

    public ManualTime Time { get; } = ManualTime.Running();

    public Task<FileTally> SweepAsync() =>
        new OrphanSweep(Of<IArchiveStore>(), world.Ledger, Of<ArchiveReferences>(), Of<ITaskCursors>(), _clock, Time, Of<ILogger<OrphanSweep>>()).RunAsync(default);

    public Task<FileTally> RetainAsync() =>
        new Retention(Of<IArchiveStore>(), world.Ledger, NewAppender(), Of<ArchiveReferences>(), _clock, Time, Of<ILogger<Retention>>()).RunAsync(default);

    public LegalHolds NewHolds() => new(world.Ledger, NewAppender(), Of<RecordedOutputs>());

    public PersonErasure NewErasure()
    {
        var appender = NewAppender();
        return new(
            world.Ledger, appender, new OperatorLedger(world.Ledger, appender, Of<StreamNames>(), Of<SealedReader>()), Of<SealedReader>(), Of<StreamNames>(), Of<OutputIndexing>(), Of<IErasureList>(), Time);
    }

    private Appender NewAppender() => new(world.Ledger, Of<ITraceQueue>(), Of<OperatorKey>(), Time);

    private T Of<T>()
        where T : notnull => world.Services.GetRequiredService<T>();
}
