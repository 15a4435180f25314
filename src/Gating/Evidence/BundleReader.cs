using System.Buffers.Binary;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Gating.Ledger;

namespace Gating.Evidence;

/// <summary>
/// Opens a bundle that anybody may have made. The end of the ZIP is looked at before .NET's archive is: that one would take a directory of any length into memory. No name is ever a path here, nothing is unpacked to disk, and every
/// read is bounded by what was taken so far, never by what a header promises. Owns the archive, not the stream.
/// </summary>
internal sealed class BundleReader : IAsyncDisposable
{
    private const int EndSize = 22;
    private const int MaxDirectory = 16 * 1024;
    private const int MaxFiles = 32;

    private static readonly FrozenSet<string> Names = BundleFormat.Listed.Append(BundleFormat.Manifest).Append(BundleFormat.Signature).ToFrozenSet(StringComparer.Ordinal);

    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _files;

    private BundleReader(ZipArchive zip, Dictionary<string, ZipArchiveEntry> files) => (_zip, _files) = (zip, files);

    /// <param name="file">Can seek.</param>
    public static async Task<(BundleReader? Bundle, BundleReport.Refused? Refusal)> OpenAsync(Stream file, CancellationToken cancellation)
    {
        var refusal = await RefuseEndAsync(file, cancellation);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        ZipArchive? zip = null;
        try
        {
            file.Position = 0;
            zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellation);
            var files = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
            foreach (var entry in zip.Entries)
            {
                refusal ??= !Names.Contains(entry.FullName) ? new(BundleRefusal.ForeignFile, $"'{Shown(entry.FullName)}' is no file of a bundle")
                    : !files.TryAdd(entry.FullName, entry) ? new(BundleRefusal.RepeatedFile, $"{entry.FullName} is there twice")
                    : null;
            }

            refusal ??= files.ContainsKey(BundleFormat.Manifest) && files.ContainsKey(BundleFormat.Signature) ? null : new(BundleRefusal.CutOff, "it has no manifest, or no signature of it: who wrote it did not come to the end");
            if (refusal is null)
            {
                var bundle = new BundleReader(zip, files);
                zip = null;
                return (bundle, null);
            }
        }
        catch (InvalidDataException wrong)
        {
            refusal = new(BundleRefusal.NotABundle, $"its directory cannot be read: {wrong.Message}");
        }
        finally
        {
            if (zip is not null)
            {
                await zip.DisposeAsync();
            }
        }

        return (null, refusal);
    }

    public bool Has(string name) => _files.ContainsKey(name);

    /// <summary>The whole of a small file; null where it is not there, cannot be unpacked or is longer than <see cref="BundleFormat.MaxDocument"/>.</summary>
    public async Task<byte[]?> ReadAsync(string name, CancellationToken cancellation)
    {
        if (!_files.TryGetValue(name, out var entry))
        {
            return null;
        }

        try
        {
            await using var stream = await entry.OpenAsync(cancellation);
            using var bytes = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (await stream.ReadAsync(buffer, cancellation) is > 0 and var count)
            {
                if (bytes.Length + count > BundleFormat.MaxDocument)
                {
                    return null;
                }

                await bytes.WriteAsync(buffer.AsMemory(0, count), cancellation);
            }

            return bytes.ToArray();
        }
        catch (Exception wrong) when (wrong is InvalidDataException or IOException)
        {
            return null;
        }
    }

    /// <summary>The lines of a file; none, and a problem, where it is not there.</summary>
    public async Task<LineReader> OpenLinesAsync(string name, CancellationToken cancellation)
    {
        if (!_files.TryGetValue(name, out var entry))
        {
            return new(Stream.Null, "it is not there");
        }

        try
        {
            return new(await entry.OpenAsync(cancellation));
        }
        catch (Exception wrong) when (wrong is InvalidDataException or IOException)
        {
            return new(Stream.Null, "it cannot be unpacked");
        }
    }

    /// <summary>What a manifest would say of the file, its lines in place of its count; a sentence where that cannot be known. Unpacks no more than <paramref name="most"/> bytes, and some.</summary>
    public async Task<(ManifestFile? File, string Problem)> MeasureAsync(string name, long most, CancellationToken cancellation)
    {
        if (!_files.TryGetValue(name, out var entry))
        {
            return (null, "it is missing");
        }

        try
        {
            await using var stream = await entry.OpenAsync(cancellation);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var (buffer, bytes, lines) = (new byte[64 * 1024], 0L, 0L);
            while (await stream.ReadAsync(buffer, cancellation) is > 0 and var count)
            {
                hash.AppendData(buffer, 0, count);
                bytes += count;
                lines += buffer.AsSpan(0, count).Count((byte)'\n');
                if (bytes > most)
                {
                    return (null, $"it is longer than {most} bytes, which the manifest, or a bundle, gives it");
                }
            }

            return (new(name, bytes, EntryHash.FromBytes(hash.GetHashAndReset()), lines), string.Empty);
        }
        catch (Exception wrong) when (wrong is InvalidDataException or IOException)
        {
            return (null, "it cannot be unpacked");
        }
    }

    public ValueTask DisposeAsync() => _zip.DisposeAsync();

    /// <summary>A bundle ends in its directory and the 22 bytes after it: no comment, no second volume, nothing over 4 GiB.</summary>
    private static async Task<BundleReport.Refused?> RefuseEndAsync(Stream file, CancellationToken cancellation)
    {
        var end = new byte[EndSize];
        if (file.Length < EndSize)
        {
            return new(BundleRefusal.NotABundle, $"it has {file.Length} bytes");
        }

        file.Position = file.Length - EndSize;
        await file.ReadExactlyAsync(end, cancellation);
        var (files, size, start) = (BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(10)), BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(12)), BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16)));
        return !end.AsSpan(0, 8).SequenceEqual("PK\u0005\u0006\0\0\0\0"u8) || end[20] + end[21] != 0 ? new(BundleRefusal.NotABundle, "it does not end as a bundle ends: it is something else, or was cut off")
            : files > MaxFiles || size > MaxDirectory ? new(BundleRefusal.TooLarge, $"its directory lists {files} files in {size} bytes")
            : start + (long)size != file.Length - EndSize ? new(BundleRefusal.NotABundle, "its directory does not stand before its end")
            : null;
    }

    private static string Shown(string name) => new([.. name.Take(64).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '-' or '_' ? c : '?')]);
}
