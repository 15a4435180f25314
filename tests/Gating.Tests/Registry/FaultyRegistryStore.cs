using Gating.Registry;

namespace Gating.Tests.Registry;

/// <summary>Rows in memory under one stamp; counts what is asked of it, and can be held, broken, or raced by another writer.</summary>
internal sealed class FaultyRegistryStore : IRegistryStore
{
    private readonly Lock _gate = new();
    private Dictionary<(string Kind, string Name), RegistryRow> _rows = [];
    private long _version;
    private int _versionReads;
    private int _fullReads;

    /// <summary>Thrown by whatever is asked next, until it is null again.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Reads wait for it.</summary>
    public TaskCompletionSource? Hold { get; set; }

    /// <summary>Whether a held read takes no notice of its cancellation.</summary>
    public bool Deaf { get; set; }

    /// <summary>Runs before each write looks at the stamp.</summary>
    public Action? BeforeWrite { get; set; }

    public bool LoseAnswers { get; set; }

    public int VersionReads => Volatile.Read(ref _versionReads);

    public int FullReads => Volatile.Read(ref _fullReads);

    public int Reads => VersionReads + FullReads;

    public List<(int Upserts, int Deletions)> Writes { get; } = [];

    public IReadOnlyList<RegistryRow> Rows
    {
        get
        {
            lock (_gate)
            {
                return [.. _rows.Values];
            }
        }
    }

    public void Put(params RegistryRow[] rows)
    {
        lock (_gate)
        {
            foreach (var row in rows)
            {
                _rows[(row.Kind, row.Name)] = row;
            }

            _version++;
        }
    }

    public async Task<long> ReadVersionAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _versionReads);
        await AnswerAsync(cancellation);
        lock (_gate)
        {
            return _version;
        }
    }

    public async Task<(long Version, IReadOnlyList<RegistryRow> Rows)> ReadAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _fullReads);
        await AnswerAsync(cancellation);
        lock (_gate)
        {
            return (_version, [.. _rows.Values]);
        }
    }

    public Task<long?> WriteAsync(long expectedVersion, IReadOnlyList<RegistryRow> upserts, IReadOnlyList<RegistryRow> deletions, CancellationToken cancellation)
    {
        BeforeWrite?.Invoke();
        lock (_gate)
        {
            if (expectedVersion != _version)
            {
                return Task.FromResult<long?>(null);
            }

            Writes.Add((upserts.Count, deletions.Count));
            var rows = new Dictionary<(string Kind, string Name), RegistryRow>(_rows);
            foreach (var row in deletions)
            {
                rows.Remove((row.Kind, row.Name));
            }

            foreach (var row in upserts)
            {
                rows[(row.Kind, row.Name)] = row;
            }

            _rows = rows;
            _version++;
            return LoseAnswers ? throw new StorageUnavailableException("lost") : Task.FromResult<long?>(_version);
        }
    }

    private async Task AnswerAsync(CancellationToken cancellation)
    {
        await Task.Yield();
        if (Hold is { } hold)
        {
            await hold.Task.WaitAsync(Deaf ? CancellationToken.None : cancellation);
        }

        if (Fault is { } fault)
        {
            throw fault;
        }
    }
}
