using System.Runtime.CompilerServices;
using Gating.Ledger;
using Gating.Log.Sealing;

namespace Gating.Evidence;

/// <summary>
/// Which entries a bundle has, in its order: whole streams, hours, answers; of one stream in the order of their seqs and each once, so that a reader sees with little memory that none is there twice. Keeps about 80 bytes for each
/// stream.
/// </summary>
/// <param name="whole">Streams that are disclosed whole, and how many entries each has.</param>
internal sealed class BundlePlaces(BundleRequest request, IReadOnlyList<(StreamId Stream, long Count)> whole)
{
    private readonly Dictionary<StreamId, long> _last = whole.ToDictionary(static one => one.Stream, static _ => long.MaxValue);
    private long _lines;

    /// <summary>Parts of at most <paramref name="size"/>. Throws <see cref="InvalidOperationException"/> where what was asked for has another order, or is more than a bundle holds.</summary>
    public async IAsyncEnumerable<IReadOnlyList<(LeafPlace Place, EntryRole Role)>> WindowsAsync(int size, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var window = new List<(LeafPlace, EntryRole)>(size);
        await foreach (var place in AllAsync(cancellation))
        {
            window.Add(place);
            _lines++;
            if (_lines > BundleFormat.MaxLines)
            {
                throw new InvalidOperationException($"A bundle holds at most {BundleFormat.MaxLines} entries.");
            }

            if (window.Count == size)
            {
                yield return window;
                window.Clear();
            }
        }

        if (window.Count > 0)
        {
            yield return window;
        }
    }

    private async IAsyncEnumerable<(LeafPlace, EntryRole)> AllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (stream, count) in whole)
        {
            for (var seq = 1L; seq <= count; seq++)
            {
                yield return (new(stream, seq), EntryRole.Stream);
            }
        }

        foreach (var (places, role) in new[] { (request.Hours, EntryRole.Hour), (request.Answer, EntryRole.Answer) })
        {
            await foreach (var place in places.WithCancellation(cancellation))
            {
                if (IsNext(place))
                {
                    yield return (place, role);
                }
            }
        }
    }

    /// <summary>False where it is there already: said twice in a row, or of a stream that is there whole.</summary>
    private bool IsNext(LeafPlace place)
    {
        var last = _last.GetValueOrDefault(place.Stream);
        if (last == long.MaxValue || last == place.Seq)
        {
            return false;
        }

        _last[place.Stream] = last < place.Seq ? place.Seq : throw new InvalidOperationException($"Entry {EntryLine.NameOf(place)} comes after entry {last} of its stream.");
        return true;
    }
}
