using System.Buffers;
using System.Globalization;
using Gating.Benchmarks.Load;
using Gating.Benchmarks.Scene;

namespace Gating.Benchmarks.Servers;

/// <summary>The floor with one raw transaction of two rows between verifying and signing: the leanest client .NET has, its bodies made beforehand.</summary>
internal sealed class StoredFloor(Floor floor, Uri tables, string table, int partitions) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
    private readonly RawRequest[] _bodies = RawTransactions.Bodies(tables, table, partitions);
    private readonly Uri _batch = new(tables.AbsoluteUri + "/$batch");
    private (long Second, string Date, string Authorization) _authorization;
    private long _number = 100_000_000_000;

    public async Task AnswerAsync(HttpContext context)
    {
        var grant = await floor.WorkAsync(context);
        await StoreAsync();
        await Floor.WriteAsync(context, grant);
    }

    public void Dispose() => _http.Dispose();

    private async Task StoreAsync()
    {
        var number = Interlocked.Increment(ref _number);
        var template = _bodies[number % _bodies.Length];
        var bytes = ArrayPool<byte>.Shared.Rent(template.Bytes.Length);
        template.Bytes.CopyTo(bytes, 0);
        foreach (var slot in template.Slots)
        {
            number.TryFormat(bytes.AsSpan(slot), out _, "D12", CultureInfo.InvariantCulture);
        }

        using var message = new HttpRequestMessage(HttpMethod.Post, _batch) { Content = new ByteArrayContent(bytes, 0, template.Bytes.Length) };
        AddHeaders(message);
        using var answer = await _http.SendAsync(message, CancellationToken.None);
        using var content = await answer.Content.ReadAsStreamAsync();
        var read = 0;
        for (var more = 1; more > 0; read += more)
        {
            more = await content.ReadAsync(bytes.AsMemory(read));
        }

        if (bytes.AsSpan(0, read).IndexOf("HTTP/1.1 2"u8) < 0)
        {
            throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(bytes, 0, read));
        }

        ArrayPool<byte>.Shared.Return(bytes);
    }

    private void AddHeaders(HttpRequestMessage message)
    {
        var second = Environment.TickCount64 / 1000;
        var current = _authorization;
        if (current.Second != second)
        {
            var (date, authorization) = RawTransactions.Authorization(tables);
            _authorization = current = (second, date, authorization);
        }

        message.Content!.Headers.TryAddWithoutValidation("Content-Type", RawTransactions.ContentType);
        message.Headers.TryAddWithoutValidation("x-ms-version", "2020-12-06");
        message.Headers.TryAddWithoutValidation("x-ms-date", current.Date);
        message.Headers.TryAddWithoutValidation("Authorization", current.Authorization);
        message.Headers.TryAddWithoutValidation("DataServiceVersion", "3.0");
        message.Headers.TryAddWithoutValidation("Accept", "application/json;odata=minimalmetadata");
    }
}
