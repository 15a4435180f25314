namespace Gating.Client.Http;

internal static class BoundedBody
{
    /// <summary>Null where there is more than <paramref name="most"/> bytes, unpacked: no more than that is ever held.</summary>
    public static async Task<byte[]?> ReadAsync(HttpResponseMessage answer, int most, CancellationToken cancellation)
    {
        if (answer.Content.Headers.ContentLength > most)
        {
            return null;
        }

        await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
        using var read = new MemoryStream();
        var buffer = new byte[8192];
        while (await body.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            if (read.Length + count > most)
            {
                return null;
            }

            await read.WriteAsync(buffer.AsMemory(0, count), cancellation);
        }

        return read.ToArray();
    }
}
