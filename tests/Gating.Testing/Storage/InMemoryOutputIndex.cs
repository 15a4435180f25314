using System.Collections.Concurrent;
using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;

namespace Gating.Testing.Storage;

/// <summary>The index in memory.</summary>
public sealed class InMemoryOutputIndex(Faults? faults = null) : IOutputIndex
{
    private readonly ConcurrentDictionary<ContentId, OutputPlace> _places = new();
    private readonly ConcurrentDictionary<(EntryHash Digest, ContentId Content), bool> _digests = new();
    private readonly ConcurrentDictionary<(uint Band, ContentId Content), string> _looks = new();

    public Faults Faults { get; } = faults ?? new();

    public Task AddAsync(ContentId content, OutputPlace place, IReadOnlyCollection<EntryHash> digests, OutputLook? look, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.AddIndex, () =>
        {
            _places.TryAdd(content, place);
            return digests.Count(digest => _digests.TryAdd((digest, content), true)) + (look?.Bands.Count(band => _looks.TryAdd((band, content), look.Text)) ?? 0);
        }, cancellation);

    public Task RemoveAsync(ContentId content, IReadOnlyCollection<EntryHash> digests, OutputLook? look, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.RemoveIndex, () =>
        {
            _places.TryRemove(content, out _);
            return digests.Count(digest => _digests.TryRemove((digest, content), out _)) + (look?.Bands.Count(band => _looks.TryRemove((band, content), out _)) ?? 0);
        }, cancellation);

    public Task<OutputPlace?> FindAsync(ContentId content, CancellationToken cancellation) =>
        Faults.RunAsync(StoreCall.ReadIndex, () => _places.TryGetValue(content, out var place) ? place : (OutputPlace?)null, cancellation);

    public Task<IReadOnlyList<ContentId>> FindAsync(EntryHash sha256, int most, CancellationToken cancellation) =>
        Faults.RunAsync<IReadOnlyList<ContentId>>(
            StoreCall.ReadIndex,
            () => [.. _digests.Keys.Where(row => row.Digest == sha256).Select(static row => row.Content).OrderBy(static content => content.Text, StringComparer.Ordinal).Take(most)],
            cancellation);

    public Task<IReadOnlyList<LookCandidate>> FindByBandAsync(uint band, int most, CancellationToken cancellation) =>
        Faults.RunAsync<IReadOnlyList<LookCandidate>>(
            StoreCall.ReadIndex,
            () => [.. _looks.Where(row => row.Key.Band == band).Select(static row => new LookCandidate(row.Key.Content, row.Value)).OrderBy(static look => look.Content.Text, StringComparer.Ordinal).Take(most)],
            cancellation);
}
