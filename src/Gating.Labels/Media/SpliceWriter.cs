using System.Security.Cryptography;

namespace Gating.Labels.Media;

/// <summary>Puts a splice together.</summary>
internal static class SpliceWriter
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Returns the SHA-256 of what was written.</summary>
    public static byte[] Write(Splice splice, MediaSource source, Stream output)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferSize];
        foreach (var piece in splice.Pieces)
        {
            switch (piece)
            {
                case Piece.Kept kept:
                    source.CopyTo(kept.Offset, kept.Count, buffer, Put);
                    break;
                case Piece.Written written:
                    Put(written.Bytes);
                    break;
                case Piece.Changed changed:
                    Change(changed);
                    break;
                case Piece.Made made:
                    made.Make(source, Put);
                    break;
                case Piece.Streamed streamed:
                    streamed.Make(source, Put);
                    break;
            }
        }

        output.Flush();
        return hash.GetHashAndReset();

        void Put(ReadOnlyMemory<byte> bytes)
        {
            output.Write(bytes.Span);
            hash.AppendData(bytes.Span);
        }

        void Change(Piece.Changed changed)
        {
            var whole = buffer.Length / changed.Unit * changed.Unit;
            for (var done = 0L; done < changed.Count; done += whole)
            {
                var part = buffer.AsMemory(0, (int)Math.Min(whole, changed.Count - done));
                source.Read(changed.Offset + done, part.Span);
                changed.Change(part);
                Put(part);
            }
        }
    }

    public static byte[] Hash(MediaSource source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        source.CopyTo(0, source.Length, new byte[BufferSize], bytes => hash.AppendData(bytes.Span));
        return hash.GetHashAndReset();
    }
}
