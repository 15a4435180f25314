using System.Net;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Gating.Archive;
using Gating.Azure.Archive;
using Gating.Generations;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Azure.Tests;

/// <summary>What the address of an upload allows, asked of the real Azurite by a client that has nothing else: one file, once, in time.</summary>
public sealed class UploadAddressTests : IAsyncLifetime
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    private readonly ContentId _content = ContentId.Create(DateTimeOffset.UtcNow);
    private AzureStorage _storage = null!;

    private BlobIncomingStore Store => _storage.Incoming;

    public async Task InitializeAsync() => _storage = await AzuriteStorage.NewAsync();

    public Task DisposeAsync()
    {
        _storage.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task It_creates_the_one_file_and_nothing_else_of_what_there_is_to_do()
    {
        var address = await OpenAsync();
        (await SendAsync(HttpMethod.Put, address, [1, 2, 3])).ShouldBe(HttpStatusCode.Created);

        // The same address: neither over it, nor out of it, nor away with it.
        (await SendAsync(HttpMethod.Put, address, [4, 5, 6])).ShouldBeOneOf(HttpStatusCode.Conflict, HttpStatusCode.Forbidden);
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head, HttpMethod.Delete])
        {
            (await SendAsync(method, address)).ShouldBe(HttpStatusCode.Forbidden, method.Method);
        }

        foreach (var part in (string[])["comp=metadata", "comp=tags", "comp=properties", "comp=lease", "comp=tier"])
        {
            (await SendAsync(HttpMethod.Put, new($"{address.AbsoluteUri}&{part}"), [])).ShouldNotBeOneOf([HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.Accepted, HttpStatusCode.NoContent], part);
        }

        var file = (await Store.FindAsync(_content, default)).ShouldNotBeNull();
        var read = new byte[3];
        (await Store.ReadAsync(_content, file.Token, 0, read, default)).ShouldBeTrue();
        read.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task No_other_file_no_note_no_list_and_no_other_container_can_be_reached_by_it()
    {
        var address = await OpenAsync();
        var other = ContentId.Create(DateTimeOffset.UtcNow).Text;
        foreach (var elsewhere in (string[])[other, $"{_content.Text}.refused", $"{_content.Text}/{other}"])
        {
            (await SendAsync(HttpMethod.Put, Moved(address, path => path.Replace(_content.Text, elsewhere, StringComparison.Ordinal)), [1])).ShouldBe(HttpStatusCode.Forbidden, elsewhere);
        }

        (await SendAsync(HttpMethod.Put, Moved(address, static path => path.Replace("incoming", "archive", StringComparison.Ordinal)), [1])).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Get, new($"{Moved(address, path => path.Replace($"/{_content.Text}", "", StringComparison.Ordinal)).AbsoluteUri}&restype=container&comp=list"))).ShouldBe(HttpStatusCode.Forbidden);
        (await Store.FindAsync(_content, default)).ShouldBeNull();
    }

    [Fact]
    public async Task It_is_refused_when_its_time_is_over_or_anything_in_it_was_changed()
    {
        await OpenAsync();
        var past = await Store.OpenForUploadAsync(_content, DateTimeOffset.UtcNow.AddSeconds(-2), default);
        (await SendAsync(HttpMethod.Put, past, [1])).ShouldBe(HttpStatusCode.Forbidden);
        var address = (await OpenAsync()).AbsoluteUri;
        address.ShouldContain("sp=c&");
        address.ShouldContain("sr=b&");
        (await SendAsync(HttpMethod.Put, new(address.Replace("sp=c&", "sp=cw&", StringComparison.Ordinal)), [1])).ShouldBe(HttpStatusCode.Forbidden);
        var end = address.IndexOf("se=", StringComparison.Ordinal) + 3;
        (await SendAsync(HttpMethod.Put, new(address[..end] + "2099" + address[(end + 4)..]), [1])).ShouldBe(HttpStatusCode.Forbidden);
        (await Store.FindAsync(_content, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_many_who_have_it_one_puts_the_file()
    {
        var address = await OpenAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SendAsync(HttpMethod.Put, address, [.. Enumerable.Repeat((byte)i, 50_000)])));
        answers.Count(static answer => answer is HttpStatusCode.Created).ShouldBe(1);
        var file = (await Store.FindAsync(_content, default)).ShouldNotBeNull();
        var read = new byte[50_000];
        (await Store.ReadAsync(_content, file.Token, 0, read, default)).ShouldBeTrue();
        read.ShouldAllBe(one => one == read[0]);
        answers[read[0]].ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_snapshot_does_not_keep_a_file_that_is_deleted()
    {
        (await SendAsync(HttpMethod.Put, await OpenAsync(), [1])).ShouldBe(HttpStatusCode.Created);
        var container = await ContainerAsync();
        await container.GetBlobBaseClient(_content.Text).CreateSnapshotAsync();
        var file = (await Store.FindAsync(_content, default)).ShouldNotBeNull();
        await Store.DeleteAsync(_content, file.Token, default);
        await foreach (var blob in container.GetBlobsAsync(states: BlobStates.Snapshots))
        {
            blob.Name.ShouldNotBe(_content.Text);
        }
    }

    [Fact]
    public async Task A_container_that_vanished_is_an_outage_and_no_missing_file()
    {
        await OpenAsync();
        await (await ContainerAsync()).DeleteAsync();
        await Should.ThrowAsync<StorageUnavailableException>(() => Store.FindAsync(_content, default));
        await Should.ThrowAsync<StorageUnavailableException>(() => Store.FindNoteAsync(_content, default));
        await Should.ThrowAsync<StorageUnavailableException>(() => Store.ReadAsync(_content, "0x1", 0, new byte[1], default));
        await Should.ThrowAsync<StorageUnavailableException>(() => Store.NoteAsync(_content, new(ArchiveRefusal.Empty, null), default));
    }

    /// <summary>As any client of HTTP does it.</summary>
    public static async Task<HttpStatusCode> SendAsync(HttpMethod method, Uri address, byte[]? body = null)
    {
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Headers.Add("x-ms-blob-type", "BlockBlob");
        }

        using var answer = await Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static Uri Moved(Uri address, Func<string, string> path) => new UriBuilder(address) { Path = path(address.AbsolutePath) }.Uri;

    private Task<Uri> OpenAsync() => Store.OpenForUploadAsync(_content, DateTimeOffset.UtcNow.AddMinutes(5), default);

    private async Task<global::Azure.Storage.Blobs.BlobContainerClient> ContainerAsync() => AzuriteStorage.Container(await AzuriteStorage.NewOptionsAsync(), (await OpenAsync()).AbsolutePath.Split('/')[^2]);
}
