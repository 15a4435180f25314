using Azure;
using Gating.Archive;
using Gating.Azure.Tables;
using Gating.Generations;
using Gating.Ledger;

namespace Gating.Azure.Archive;

/// <summary>Index rows: a ContentId's in a partition of its own, a digest's in one per digest, a row for each output that has it; so a band's. What a row says never changes; it goes with an erasure.</summary>
public sealed class TableOutputIndex : IOutputIndex
{
    private const string Stream = "Stream";
    private const string Seq = "Seq";
    private const string Look = "Look";

    private readonly TableClient _table;
    private readonly Setup _setup;

    internal TableOutputIndex(TableClient table) => (_table, _setup) = (table, new(table.CreateIfNotExistsAsync));

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task AddAsync(ContentId content, OutputPlace place, IReadOnlyCollection<EntryHash> digests, OutputLook? look, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        IEnumerable<TableEntity> rows =
        [
            StoredRow.New(content.Text, TableKeys.Output).With(Stream, TableValue.Of(place.Person.ToString())).With(Seq, TableValue.Of(place.Seq)),
            .. digests.Distinct().Select(digest => StoredRow.New(digest.ToString(), content.Text)),
            .. look?.Bands.Select(band => StoredRow.New(TableKeys.Band(band), content.Text).With(Look, TableValue.Of(look.Text))) ?? [],
        ];

        // A row that is there says the same: it was written for this output before.
        await Task.WhenAll(rows.Select(row => _table.EnsureAsync(row, cancellation)));
    }

    public async Task RemoveAsync(ContentId content, IReadOnlyCollection<EntryHash> digests, OutputLook? look, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        IEnumerable<(string Partition, string Row)> rows =
        [
            (content.Text, TableKeys.Output),
            .. digests.Distinct().Select(digest => (digest.ToString(), content.Text)),
            .. look?.Bands.Select(band => (TableKeys.Band(band), content.Text)) ?? [],
        ];
        await Task.WhenAll(rows.Select(row => _table.DeleteAsync(row.Partition, row.Row, ETag.All, cancellation)));
    }

    public async Task<OutputPlace?> FindAsync(ContentId content, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        if (await _table.GetAsync(content.Text, TableKeys.Output, cancellation) is not { } row)
        {
            return null;
        }

        return PlaceOf(row);
    }

    public async Task<IReadOnlyList<ContentId>> FindAsync(EntryHash sha256, int most, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await ReadAsync(sha256.ToString(), most, static row => ContentOf(StoredRow.Known(row, "digest index")), cancellation);
    }

    public async Task<IReadOnlyList<LookCandidate>> FindByBandAsync(uint band, int most, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await ReadAsync(TableKeys.Band(band), most, LookOf, cancellation);
    }

    internal static OutputPlace PlaceOf(TableEntity row) => StreamId.TryParse(StoredRow.Known(row, "output index").Get(Stream).AsString(), out var stream)
        && row.Get(Seq).AsInt64() is >= 1 and <= TableKeys.MaxSeq and var seq
        ? new OutputPlace(stream, seq)
        : throw new FormatException("An index row holds no place of an entry.");

    internal static LookCandidate LookOf(TableEntity row) => new(ContentOf(StoredRow.Known(row, "look index")), row.Get(Look).AsString());

    private static ContentId ContentOf(TableEntity row) =>
        ContentId.TryParse(row.RowKey, out var content) ? content : throw new FormatException("An index row is named by no output.");

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string partition, int most, Func<TableEntity, T> read, CancellationToken cancellation)
    {
        var found = new List<T>();
        await foreach (var row in _table.QueryAsync(new TableQuery(partition) { PageSize = most }, cancellation))
        {
            found.Add(read(row));
            if (found.Count == most)
            {
                break;
            }
        }

        return found;
    }
}
