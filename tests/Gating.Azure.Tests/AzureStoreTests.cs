using System.Net;
using Azure.Storage;
using Azure.Storage.Queues;
using Gating.Archive;
using Gating.Azure.Ledger;
using Gating.Azure.Tables;
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
using Shouldly;
using Xunit;

namespace Gating.Azure.Tests;

public sealed class TableLedgerStoreTests : LedgerStoreContract
{
    protected override async ValueTask<ILedgerStore> OpenAsync() => (await AzuriteStorage.SharedAsync()).Ledger;

    protected override async Task PlantEntryAsync(ILedgerStore store, Entry entry)
    {
        var options = await AzuriteStorage.SharedOptionsAsync();
        var table = AzuriteStorage.Table(options, new TableKeys(options.Prefix).LedgerTable);
        var row = new TableEntity(TableKeys.Partition(entry.Stream), TableKeys.Entry(entry.Seq));
        (await table.InsertAsync(row, default)).ShouldBeOfType<TableOutcome.Done>();
    }
}

public sealed class TableNameStoreTests : NameStoreContract
{
    protected override async ValueTask<INameStore> OpenAsync() => (await AzuriteStorage.SharedAsync()).Names;
}

public sealed class BlobArchiveStoreTests : ArchiveStoreContract
{
    protected override async ValueTask<IArchiveStore> OpenAsync() => (await AzuriteStorage.SharedAsync()).Archive;
}

public sealed class TableOutputIndexTests : OutputIndexContract
{
    protected override async ValueTask<IOutputIndex> OpenAsync() => (await AzuriteStorage.SharedAsync()).Index;
}

public sealed class BlobErasureListTests : ErasureListContract
{
    protected override async ValueTask<IErasureList> OpenAsync() => (await AzuriteStorage.NewAsync()).Erasures;
}

public sealed class TableTimelineStoreTests : TimelineStoreContract
{
    protected override async ValueTask<ITimelineStore> OpenAsync() => (await AzuriteStorage.NewAsync()).Timelines;
}

public sealed class TableSignalStoreTests : SignalStoreContract
{
    protected override async ValueTask<ISignalStore> OpenAsync() => (await AzuriteStorage.NewAsync()).Signals;
}

public sealed class BlobIncomingStoreTests : IncomingStoreContract
{
    protected override async ValueTask<IIncomingStore> OpenAsync() => (await AzuriteStorage.SharedAsync()).Incoming;

    protected override async Task<bool> PutAsync(IIncomingStore store, ContentId content, byte[] bytes)
    {
        var answer = await UploadAddressTests.SendAsync(HttpMethod.Put, await store.OpenForUploadAsync(content, DateTimeOffset.UtcNow.AddMinutes(5), default), bytes);
        return answer is HttpStatusCode.Created ? true : answer is HttpStatusCode.Conflict or HttpStatusCode.Forbidden ? false : throw new InvalidOperationException(answer.ToString());
    }
}

public sealed class TableTaskCursorsTests : TaskCursorsContract
{
    protected override async ValueTask<ITaskCursors> OpenAsync() => (await AzuriteStorage.SharedAsync()).Cursors;
}

public sealed class TableStatusListStoreTests : StatusListStoreContract
{
    protected override async ValueTask<IStatusListStore> OpenAsync() => (await AzuriteStorage.SharedAsync()).StatusLists;
}

public sealed class TableRegistryStoreTests : RegistryStoreContract
{
    protected override async ValueTask<IRegistryStore> OpenAsync() => (await AzuriteStorage.NewAsync()).Registry;
}

public sealed class StorageQueuesTests : MessageQueuesContract
{
    [Fact]
    public async Task A_message_that_is_no_base64_is_received_beside_the_others()
    {
        var options = await AzuriteStorage.NewOptionsAsync();
        using var storage = new AzureStorage(options, TimeProvider.System, AzuriteStorage.DataKey);
        await storage.Queues.PutAsync("outputs", "good"u8.ToArray(), default);
        var key = (StorageCredential.SharedKey)options.Credential;
        var address = new Uri($"{options.Queues.AbsoluteUri.TrimEnd('/')}/{new TableKeys(options.Prefix).Queue("outputs")}");
        await new QueueClient(address, new StorageSharedKeyCredential(key.Account, key.Key)).SendMessageAsync("{ no base64 }");
        var received = await storage.Queues.ReceiveAsync("outputs", 32, TimeSpan.FromMinutes(1), default);
        received.Select(static delivery => System.Text.Encoding.UTF8.GetString(delivery.Message().Span)).ShouldBe(["good", "{ no base64 }"], ignoreOrder: true);
    }

    protected override async ValueTask<(IMessageQueues Queues, IMessageSource Source)> OpenAsync()
    {
        var queues = (await AzuriteStorage.NewAsync()).Queues;
        return (queues, queues);
    }
}

public sealed class TableDeadLettersTests : DeadLettersContract
{
    protected override async ValueTask<IDeadLetters> OpenAsync() => (await AzuriteStorage.NewAsync()).DeadLetters;
}

public sealed class TableLeafStoreTests : LeafStoreContract
{
    protected override async ValueTask<ILeafStore> OpenAsync() => (await AzuriteStorage.NewAsync()).Leaves;
}

public sealed class BlobLogStoreTests : LogStoreContract
{
    protected override async ValueTask<ILogStore> OpenAsync() => (await AzuriteStorage.NewAsync()).Log;
}

public sealed class BlobPublishedTests : CheckpointStoreContract
{
    protected override async ValueTask<ICheckpointStore> OpenAsync() => (await AzuriteStorage.NewAsync()).Published;
}

public sealed class BlobLastKnownTests : CheckpointStoreContract
{
    protected override async ValueTask<ICheckpointStore> OpenAsync() => (await AzuriteStorage.NewAsync()).LastKnown;
}

public sealed class StorageTraceQueueTests : TraceQueueContract
{
    private StorageOptions _options = null!;

    [Fact]
    public async Task A_message_never_expires_and_is_base64_of_versioned_json()
    {
        var queue = await OpenAsync();
        var reference = new TraceReference(StreamId.Create(), 3, 4);

        await queue.PutAsync([reference], default);

        var message = (await NewClient(QueueMessageEncoding.None).PeekMessageAsync()).Value;
        System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(message.MessageText)).ShouldBe($$"""{"v":1,"refs":[["{{reference.Stream}}",3,4]]}""");
        message.ExpiresOn!.Value.Year.ShouldBe(9999);
    }

    [Theory]
    [InlineData("nothing like it")]
    [InlineData("""[]""")]
    [InlineData("""{"refs":[]}""")]
    [InlineData("""{"v":1,"refs":{}}""")]
    [InlineData("""{"v":1,"refs":[],"since":"noon"}""")]
    [InlineData("""{"v":1,"refs":[],"since":-1}""")]
    [InlineData("""{"v":1,"refs":[["0123456789abcdef0123456789abcdef",0,1]]}""")]
    [InlineData("""{"v":1,"refs":[["0123456789abcdef0123456789abcdef",2,1]]}""")]
    [InlineData("""{"v":1,"refs":[["0123456789ABCDEF0123456789ABCDEF",1,1]]}""")]
    [InlineData("""{"v":1,"refs":[["0123456789abcdef0123456789abcdef",1]]}""")]
    [InlineData("""{"v":1,"refs":[[[[[[1]]]]]]}""")]
    public void A_message_that_is_not_one_is_refused(string text) =>
        Should.Throw<System.Text.Json.JsonException>(() => TraceMessage.Read(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_message_of_another_version_is_refused_by_name() =>
        Should.Throw<UnknownVersionException>(() => TraceMessage.Read("""{"v":2,"refs":[]}"""u8.ToArray())).Version.ShouldBe(2);

    protected override async ValueTask<ITraceQueue> OpenAsync()
    {
        _options = await AzuriteStorage.NewOptionsAsync();
        return new AzureStorage(_options, TimeProvider.System, AzuriteStorage.DataKey).Trace;
    }

    protected override async Task<IReadOnlyList<IReadOnlyList<TraceReference>>> ReceiveAsync()
    {
        var (client, messages) = (NewClient(QueueMessageEncoding.Base64), new List<IReadOnlyList<TraceReference>>());
        if (!await client.ExistsAsync())
        {
            return messages;
        }

        while ((await client.ReceiveMessagesAsync(32)).Value is { Length: > 0 } page)
        {
            messages.AddRange(page.Select(message => TraceMessage.Read(message.Body.ToMemory()).References));
        }

        return messages;
    }

    private QueueClient NewClient(QueueMessageEncoding encoding)
    {
        var key = (StorageCredential.SharedKey)_options.Credential;
        var address = new Uri($"{_options.Queues.AbsoluteUri.TrimEnd('/')}/{new TableKeys(_options.Prefix).Queue(QueueNames.Trace)}");
        return new(address, new StorageSharedKeyCredential(key.Account, key.Key), new QueueClientOptions { MessageEncoding = encoding });
    }
}
