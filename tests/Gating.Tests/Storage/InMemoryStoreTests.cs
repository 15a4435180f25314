using Gating.Archive;
using Gating.Erasure;
using Gating.Generations;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Messages;
using Gating.Registry;
using Gating.Signals;
using Gating.StatusLists;
using Gating.Testing.Storage;
using Gating.Timelines;

namespace Gating.Tests.Storage;

public sealed class InMemoryLedgerStoreTests : LedgerStoreContract
{
    protected override ValueTask<ILedgerStore> OpenAsync() => new(new InMemoryLedgerStore());

    protected override Task PlantEntryAsync(ILedgerStore store, Entry entry)
    {
        ((InMemoryLedgerStore)store).Tamper(entry.Stream, rows => rows.Entries.Add(entry.Seq, entry));
        return Task.CompletedTask;
    }
}

public sealed class InMemoryNameStoreTests : NameStoreContract
{
    protected override ValueTask<INameStore> OpenAsync() => new(new InMemoryNameStore());
}

public sealed class InMemoryErasureListTests : ErasureListContract
{
    protected override ValueTask<IErasureList> OpenAsync() => new(new InMemoryErasureList());
}

public sealed class InMemoryRegistryStoreTests : RegistryStoreContract
{
    protected override ValueTask<IRegistryStore> OpenAsync() => new(new InMemoryRegistryStore());
}

public sealed class InMemoryTraceQueueTests : TraceQueueContract
{
    private readonly InMemoryTraceQueue _queue = new();

    protected override ValueTask<ITraceQueue> OpenAsync() => new(_queue);

    protected override Task<IReadOnlyList<IReadOnlyList<TraceReference>>> ReceiveAsync() => Task.FromResult(_queue.Messages);
}

public sealed class InMemoryArchiveStoreTests : ArchiveStoreContract
{
    protected override ValueTask<IArchiveStore> OpenAsync() => new(new InMemoryArchiveStore());
}

public sealed class InMemoryTaskCursorsTests : TaskCursorsContract
{
    protected override ValueTask<ITaskCursors> OpenAsync() => new(new InMemoryTaskCursors());
}

public sealed class InMemorySignalStoreTests : SignalStoreContract
{
    protected override ValueTask<ISignalStore> OpenAsync() => new(new InMemorySignalStore());
}

public sealed class InMemoryStatusListStoreTests : StatusListStoreContract
{
    protected override ValueTask<IStatusListStore> OpenAsync() => new(new InMemoryStatusListStore());
}

public sealed class InMemoryOutputIndexTests : OutputIndexContract
{
    protected override ValueTask<IOutputIndex> OpenAsync() => new(new InMemoryOutputIndex());
}

public sealed class InMemoryTimelineStoreTests : TimelineStoreContract
{
    protected override ValueTask<ITimelineStore> OpenAsync() => new(new InMemoryTimelineStore());
}

public sealed class InMemoryMessageQueuesTests : MessageQueuesContract
{
    protected override ValueTask<(IMessageQueues Queues, IMessageSource Source)> OpenAsync()
    {
        var queues = new InMemoryMessageQueues(TimeProvider.System);
        return new((queues, queues));
    }
}

public sealed class InMemoryDeadLettersTests : DeadLettersContract
{
    protected override ValueTask<IDeadLetters> OpenAsync() => new(new InMemoryDeadLetters());
}

public sealed class InMemoryIncomingStoreTests : IncomingStoreContract
{
    protected override ValueTask<IIncomingStore> OpenAsync() => new(new InMemoryIncomingStore(TimeProvider.System));

    protected override Task<bool> PutAsync(IIncomingStore store, ContentId content, byte[] bytes) => Task.FromResult(((InMemoryIncomingStore)store).Put(content, bytes));
}

public sealed class InMemoryLeafStoreTests : LeafStoreContract
{
    protected override ValueTask<ILeafStore> OpenAsync() => new(new InMemoryLeafStore());
}

public sealed class InMemoryLogStoreTests : LogStoreContract
{
    protected override ValueTask<ILogStore> OpenAsync() => new(new InMemoryLogStore(TimeProvider.System));
}

public sealed class InMemoryCheckpointStoreTests : CheckpointStoreContract
{
    protected override ValueTask<ICheckpointStore> OpenAsync() => new(InMemoryCheckpointStore.Published());
}
