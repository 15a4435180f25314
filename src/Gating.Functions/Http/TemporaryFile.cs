using Microsoft.AspNetCore.Http.Features;

namespace Gating.Functions.Http;

/// <summary>
/// Files that a request works on: readable by this process alone, and gone when they are closed. On Unix a file loses its name as soon as it is open, so that it is gone with the process,
/// however that ends; elsewhere a crash leaves it to the instance.
/// </summary>
internal static class TemporaryFile
{
    private const UnixFileMode Ours = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static FileStream Create()
    {
        var path = Path.Combine(Path.GetTempPath(), "gating-" + Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (OperatingSystem.IsWindows())
        {
            options.Options = FileOptions.DeleteOnClose;
            return new(path, options);
        }

        options.UnixCreateMode = Ours;
        var file = new FileStream(path, options);
        File.Delete(path);
        return file;
    }

    /// <summary>The body in a file; null where it is longer than <paramref name="most"/> bytes. Throws <see cref="BadHttpRequestException"/> for a body that is cut off.</summary>
    public static async Task<FileStream?> OfBodyAsync(HttpRequest request, long most, CancellationToken cancellation)
    {
        LiftServerLimit(request.HttpContext);
        return request.ContentLength > most ? null : await OfAsync(request.Body, most, cancellation);
    }

    /// <summary>For who keeps a bound of his own: the server's would cut the connection before a client that still sends could read why.</summary>
    public static void LiftServerLimit(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
    }

    /// <summary>All of a stream in a file; null where it is longer than <paramref name="most"/> bytes.</summary>
    public static async Task<FileStream?> OfAsync(Stream body, long most, CancellationToken cancellation)
    {
        var file = Create();
        try
        {
            var buffer = new byte[64 * 1024];
            for (var length = 0L; await body.ReadAsync(buffer, cancellation) is > 0 and var count;)
            {
                length += count;
                if (length > most)
                {
                    await file.DisposeAsync();
                    return null;
                }

                await file.WriteAsync(buffer.AsMemory(0, count), cancellation);
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
