using System.Net;
using System.Security.Cryptography;

namespace Gating.Functions.Tests.World;

/// <summary>A JPEG whose scan is as long as asked for, made while it is sent.</summary>
internal sealed class LongJpeg(long length) : HttpContent
{
    private const int BufferSize = 256 * 1024;

    private static readonly byte[] Start = Convert.FromHexString("FFD8FFE000104A46494600010100000100010000FFDA0008010100003F00");
    private static readonly byte[] End = [0xFF, 0xD9];

    /// <summary>Of all of it, in hexadecimal.</summary>
    public async Task<string> DigestAsync()
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var part in PartsAsync())
        {
            digest.AppendData(part.Span);
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await foreach (var part in PartsAsync())
        {
            await stream.WriteAsync(part);
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> PartsAsync()
    {
        yield return Start;
        var pixels = new byte[BufferSize];
        new Random(1).NextBytes(pixels);
        for (var i = 0; i < pixels.Length; i++)
        {
            // No marker among them.
            pixels[i] &= 0x7F;
        }

        for (var left = length - Start.Length - End.Length; left > 0; left -= BufferSize)
        {
            yield return pixels.AsMemory(0, (int)Math.Min(left, BufferSize));
        }

        await Task.CompletedTask;
        yield return End;
    }
}
