using System.Globalization;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;
using Gating.Log.Tiles;

namespace Gating.Testing.Storage;

/// <summary>The log's blobs in memory. It also checks what no real store checks: that each state continues the one before it, and that no tile is written before the state that it belongs to.</summary>
public sealed class InMemoryLogStore(TimeProvider time, Faults? faults = null) : ILogStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<EntryHash, byte[]> _staging = [];
    private readonly Dictionary<TileId, byte[]> _tiles = [];
    private StoredState? _state;
    private (string Id, DateTimeOffset Ends)? _lease;
    private long _tokens;

    public Faults Faults { get; } = faults ?? new();

    public LogState? State => _state?.State;

    public Task<StoredState?> ReadStateAsync(CancellationToken cancellation) => RunAsync(StoreCall.ReadLogState, () => _state, cancellation);

    public Task<bool> WriteStateAsync(LogState state, string? token, CancellationToken cancellation) => RunAsync(StoreCall.WriteLogState, () =>
    {
        if (_state?.Token != token)
        {
            return false;
        }

        if (_state is { } before && (before.State.Size != state.BaseSize || before.State.Root != state.BaseRoot))
        {
            throw Faults.Violation($"A state of {state.Size} leaves on {state.BaseSize}, and the log has {before.State.Size}.");
        }

        _state = new(LogState.Decode(state.Encode()), NewToken());
        return true;
    }, cancellation);

    public Task PutStagingAsync(EntryHash name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        RunAsync(StoreCall.PutStaging, () => _staging.TryAdd(name, bytes.ToArray()), cancellation);

    public Task<ReadOnlyMemory<byte>?> ReadStagingAsync(EntryHash name, CancellationToken cancellation) =>
        RunAsync(StoreCall.ReadStaging, () => _staging.TryGetValue(name, out var bytes) ? bytes : (ReadOnlyMemory<byte>?)null, cancellation);

    public Task PutTileAsync(Tile tile, CancellationToken cancellation) => RunAsync(StoreCall.PutTile, () =>
    {
        if (_tiles.TryAdd(tile.Id, tile.Bytes.ToArray()) && _state is { } stored && (tile.Id.Index * TileId.FullWidth) + tile.Id.Width > TileId.HashesAt(tile.Id.Level, stored.State.Size))
        {
            throw Faults.Violation($"{tile.Id.Path} is not of the {stored.State.Size} leaves that the log has.");
        }

        return _tiles[tile.Id].AsSpan().SequenceEqual(tile.Bytes.Span) ? 0 : throw new LogFrozenException($"{tile.Id.Path} is there with other bytes");
    }, cancellation);

    public Task<ReadOnlyMemory<byte>?> ReadTileAsync(TileId id, CancellationToken cancellation) =>
        RunAsync(StoreCall.ReadTile, () => _tiles.TryGetValue(id, out var bytes) ? bytes : (ReadOnlyMemory<byte>?)null, cancellation);

    public Task<string?> TryLeaseAsync(TimeSpan duration, CancellationToken cancellation) => RunAsync(StoreCall.TakeLease, () =>
    {
        if (_lease is { } held && held.Ends > time.GetUtcNow())
        {
            return null;
        }

        _lease = (NewToken(), time.GetUtcNow() + duration);
        return _lease.Value.Id;
    }, cancellation);

    public Task ReleaseLeaseAsync(string lease, CancellationToken cancellation) => RunAsync(StoreCall.ReleaseLease, () => _lease = _lease?.Id == lease ? null : _lease, cancellation);

    /// <summary>Changes tiles past the store's own rules.</summary>
    public void Tamper(TileId id, byte[]? bytes)
    {
        lock (_lock)
        {
            if (bytes is null)
            {
                _tiles.Remove(id);
            }
            else
            {
                _tiles[id] = bytes;
            }
        }
    }

    /// <summary>Puts an older state back, as a restore would.</summary>
    public void Restore(LogState? state)
    {
        lock (_lock)
        {
            _state = state is null ? null : new(state, NewToken());
        }
    }

    private string NewToken() => (++_tokens).ToString(CultureInfo.InvariantCulture);

    private Task<T> RunAsync<T>(StoreCall call, Func<T> effect, CancellationToken cancellation) => Faults.RunAsync(call, () =>
    {
        lock (_lock)
        {
            return effect();
        }
    }, cancellation);
}

/// <summary>A checkpoint's place in memory; keeps all that ever stood there.</summary>
public sealed class InMemoryCheckpointStore : ICheckpointStore
{
    private readonly Lock _lock = new();
    private readonly List<ReadOnlyMemory<byte>> _history = [];
    private readonly (StoreCall Read, StoreCall Write) _calls;
    private StoredNote? _note;

    private InMemoryCheckpointStore(Faults? faults, StoreCall read, StoreCall write) => (Faults, _calls) = (faults ?? new(), (read, write));

    public Faults Faults { get; }

    public IReadOnlyList<ReadOnlyMemory<byte>> History
    {
        get
        {
            lock (_lock)
            {
                return [.. _history];
            }
        }
    }

    public static InMemoryCheckpointStore Published(Faults? faults = null) => new(faults, StoreCall.ReadPublished, StoreCall.WritePublished);

    public static InMemoryCheckpointStore LastKnown(Faults? faults = null) => new(faults, StoreCall.ReadLastKnown, StoreCall.WriteLastKnown);

    public Task<StoredNote?> ReadAsync(CancellationToken cancellation) => Faults.RunAsync(_calls.Read, () => _note, cancellation);

    public Task<bool> WriteAsync(ReadOnlyMemory<byte> note, string? token, CancellationToken cancellation) => Faults.RunAsync(_calls.Write, () =>
    {
        lock (_lock)
        {
            if (_note?.Token != token)
            {
                return false;
            }

            _note = new(note.ToArray(), (_history.Count + 1).ToString(CultureInfo.InvariantCulture));
            _history.Add(_note.Note);
            return true;
        }
    }, cancellation);

    /// <summary>Puts something else there, past the store's own rules.</summary>
    public void Tamper(byte[]? note)
    {
        lock (_lock)
        {
            _note = note is null ? null : new(note, $"tampered {_history.Count}");
        }
    }
}
