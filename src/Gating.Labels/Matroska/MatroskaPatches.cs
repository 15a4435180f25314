using Gating.Labels.Media;

namespace Gating.Labels.Matroska;

/// <summary>What is put in the place of something else, of whatever length each; nothing is changed twice.</summary>
internal sealed class MatroskaPatches
{
    private readonly SortedDictionary<long, (long Length, byte[] Bytes)> _patches = [];

    public void Set(long offset, byte[] bytes) => Replace(offset, bytes.Length, bytes);

    public void Replace(long offset, long length, byte[] bytes) => _patches[offset] = (length, bytes);

    /// <summary>What the file grows by.</summary>
    public long Growth => _patches.Values.Sum(static patch => patch.Bytes.Length - patch.Length);

    public Splice Apply(MediaSource source)
    {
        var splice = new Splice();
        var kept = 0L;
        foreach (var (offset, (length, bytes)) in _patches)
        {
            splice.Keep(kept, offset).Write(bytes);
            kept = offset + length;
        }

        return splice.Keep(kept, source.Length);
    }
}
