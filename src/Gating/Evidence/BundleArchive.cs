using System.IO.Compression;
using System.Security.Cryptography;
using Gating.Ledger;

namespace Gating.Evidence;

/// <summary>
/// The ZIP of a bundle while it is written, file after file, to a stream that cannot seek and refuses synchronous writes, as a server's does: <see cref="AsyncOnlyStream"/> stands between. Whoever gives up leaves the archive unclosed:
/// it then has no directory either.
/// </summary>
internal sealed class BundleArchive
{
    /// <summary>The first time that a ZIP can say.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly AsyncOnlyStream _output;
    private readonly ZipArchive _zip;
    private readonly List<ManifestFile> _files = [];

    private BundleArchive(AsyncOnlyStream output, ZipArchive zip) => (_output, _zip) = (output, zip);

    /// <summary>What was added so far, as a manifest lists it.</summary>
    public IReadOnlyList<ManifestFile> Files => _files;

    /// <summary>Leaves <paramref name="output"/> open.</summary>
    public static async Task<BundleArchive> CreateAsync(Stream output, CancellationToken cancellation)
    {
        var one = new AsyncOnlyStream(output);
        return new(one, await ZipArchive.CreateAsync(one, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellation));
    }

    /// <summary>A file that is there as a whole, and counts as one.</summary>
    public Task AddAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => AddAsync(name, async file =>
    {
        await file.WriteAsync(bytes, cancellation);
        return 1;
    }, cancellation);

    /// <param name="write">Returns what the file counts.</param>
    public async Task AddAsync(string name, Func<BundleFile, Task<long>> write, CancellationToken cancellation)
    {
        var entry = _zip.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = Epoch;
        await using (var stream = await entry.OpenAsync(cancellation))
        {
            using var file = new BundleFile(stream);
            var count = await write(file);
            _files.Add(new(name, file.Length, file.Digest(), count));
        }

        await _output.FlushAsync(cancellation);
    }

    /// <summary>Writes the directory: from then on it is a ZIP.</summary>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        await _zip.DisposeAsync();
        await _output.FlushAsync(cancellation);
    }
}

/// <summary>One file of the archive: what is written is counted and hashed on its way.</summary>
internal sealed class BundleFile(Stream stream) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        _hash.AppendData(bytes.Span);
        Length += bytes.Length;
        await stream.WriteAsync(bytes, cancellation);
    }

    /// <summary>Of all that was written.</summary>
    public EntryHash Digest() => EntryHash.FromBytes(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
