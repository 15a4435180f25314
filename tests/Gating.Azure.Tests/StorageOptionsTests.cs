using System.Diagnostics.Metrics;
using Gating.Ledger;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Azure.Tests;

public sealed class StorageOptionsTests
{
    private static readonly Uri Cloud = new("https://account.table.core.windows.net");
    private static readonly Uri Local = new("http://127.0.0.1:10002");
    private static readonly StorageCredential OwnKey = new StorageCredential.SharedKey("account", Convert.ToBase64String(new byte[64]));

    public static TheoryData<string, StorageOptions, bool, bool> Accounts() => new()
    {
        { "the emulator", StorageOptions.Development(Local, Local, Local), true, true },
        { "a real account", new(Cloud, Cloud, Cloud, OwnKey), false, false },
        { "a real account with one loopback address", new(Cloud, Local, Cloud, OwnKey), true, false },
        { "the emulator's key for a real account", StorageOptions.Development(Cloud, Cloud, Cloud), true, false },
        { "the emulator's published key under another name", new(Cloud, Cloud, Cloud, new StorageCredential.SharedKey("x", PublishedKey())), true, false },
        { "the emulator under the account's name", new(new("https://azurite.example/devstoreaccount1"), Cloud, Cloud, OwnKey), true, false },
    };

    [Theory]
    [MemberData(nameof(Accounts))]
    public void Development_is_recognised_by_any_of_its_parts(string what, StorageOptions options, bool any, bool only) =>
        (options.IsDevelopment(), options.IsOnlyDevelopment()).ShouldBe((any, only), what);

    [Fact]
    public void Every_fault_is_reported_and_no_key_is_shown()
    {
        var options = new StorageOptions(new("http://account.table.core.windows.net"), Cloud, Cloud, new StorageCredential.SharedKey("account", "not base64!"), "1-x");

        options.Errors().Count.ShouldBe(3);
        var refusal = Should.Throw<ArgumentException>(() => new AzureStorage(options, TimeProvider.System, null));
        (refusal.Message + options).ShouldNotContain("not base64!");
    }

    [Fact]
    public void The_emulators_account_is_added_to_its_address_once()
    {
        var options = StorageOptions.Development(Local, new("http://127.0.0.1:10001/devstoreaccount1"), Local);

        (options.Tables.AbsoluteUri, options.Queues.AbsoluteUri).ShouldBe(("http://127.0.0.1:10002/devstoreaccount1", "http://127.0.0.1:10001/devstoreaccount1"));
    }

    [Fact]
    public async Task Requests_are_counted_by_what_they_do()
    {
        var seen = new System.Collections.Concurrent.ConcurrentBag<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, on) =>
        {
            if (instrument is { Name: "gating.storage.requests", Meter.Name: StorageRequests.MeterName })
            {
                on.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => seen.Add((string)tags[0].Value!));
        listener.Start();
        using var storage = await AzuriteStorage.NewAsync();

        await storage.EnsureCreatedAsync(default);
        await storage.Trace.PutAsync([new(StreamId.Create(), 1, 1)], default);
        await storage.Names.FindAsync(Some.Name(), default);

        storage.Requests[StorageOperation.CreateTable].ShouldBe(10);
        storage.Requests[StorageOperation.QueuePut].ShouldBe(1);
        storage.Requests[StorageOperation.Get].ShouldBe(1);
        storage.Requests[StorageOperation.Query].ShouldBe(0);
        seen.ShouldContain("queueput");
        seen.ShouldContain("createtable");
    }

    private static string PublishedKey() => ((StorageCredential.SharedKey)StorageOptions.Development(Local, Local, Local).Credential).Key;
}
