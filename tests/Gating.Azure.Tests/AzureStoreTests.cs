using Azure.Storage;
using Azure.Storage.Queues;
using Gating.Archive;
using Gating.Azure.Ledger;
using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Registry;
using Gating.Testing.Storage;
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

public sealed class TableTaskCursorsTests : TaskCursorsContract
{
    protected override async ValueTask<ITaskCursors> OpenAsync() => (await AzuriteStorage.SharedAsync()).Cursors;
}

public sealed class TableRegistryStoreTests : RegistryStoreContract
{
    protected override async ValueTask<IRegistryStore> OpenAsync() => (await AzuriteStorage.NewAsync()).Registry;
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
    [InlineData("""{"v":1,"refs":[]}""")]
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
        return new AzureStorage(_options, TimeProvider.System).Trace;
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
            messages.AddRange(page.Select(message => TraceMessage.Read(message.Body.ToMemory())));
        }

        return messages;
    }

    private QueueClient NewClient(QueueMessageEncoding encoding)
    {
        var key = (StorageCredential.SharedKey)_options.Credential;
        var address = new Uri($"{_options.Queues.AbsoluteUri.TrimEnd('/')}/{new TableKeys(_options.Prefix).TraceQueue}");
        return new(address, new StorageSharedKeyCredential(key.Account, key.Key), new QueueClientOptions { MessageEncoding = encoding });
    }
}
