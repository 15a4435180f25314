using System.Buffers;
using System.Security.Cryptography;

namespace Gating.Labels.Media;

/// <summary>Puts a splice together.</summary>
internal static class SpliceWriter
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Returns the SHA-256 of what was written.</summary>
    public static byte[] Write(Splice splice, MediaSource source, Stream output)
    {
        using var background = BackgroundHash.OfWritten(output, splice.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BufferSize, Math.Max(splice.Length, 1)));
        var written = 0L;
        try
        {
            foreach (var piece in splice.Pieces)
            {
                Write(piece, source, buffer, Put);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        output.Flush();
        return background?.Finish(written) ?? hash.GetHashAndReset();

        void Put(ReadOnlyMemory<byte> bytes)
        {
            output.Write(bytes.Span);
            written += bytes.Length;
            if (background is null)
            {
                hash.AppendData(bytes.Span);
            }
            else
            {
                output.Flush();
                background.Advance(written);
            }
        }
    }

    public static byte[] Hash(MediaSource source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BufferSize, Math.Max(source.Length, 1)));
        try
        {
            source.CopyTo(0, source.Length, buffer, bytes => hash.AppendData(bytes.Span));
            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Write(Piece piece, MediaSource source, byte[] buffer, Action<ReadOnlyMemory<byte>> put)
    {
        switch (piece)
        {
            case Piece.Kept kept:
                source.CopyTo(kept.Offset, kept.Count, buffer, put);
                break;
            case Piece.Written written:
                put(written.Bytes);
                break;
            case Piece.Changed changed:
                Change(changed, source, buffer, put);
                break;
            case Piece.Made made:
                made.Make(source, put);
                break;
            case Piece.Streamed streamed:
                streamed.Make(source, put);
                break;
        }
    }

    private static void Change(Piece.Changed changed, MediaSource source, byte[] buffer, Action<ReadOnlyMemory<byte>> put)
    {
        var whole = buffer.Length / changed.Unit * changed.Unit;
        for (var done = 0L; done < changed.Count; done += whole)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(whole, changed.Count - done));
            source.Read(changed.Offset + done, part.Span);
            changed.Change(part);
            put(part);
        }
    }
}
