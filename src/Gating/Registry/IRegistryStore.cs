namespace Gating.Registry;

/// <summary>One stored registry row: <c>app</c>, <c>tool</c>, <c>issuer</c>, <c>moderator</c> or <c>policy</c>, its name, and its JSON as the seed file has it.</summary>
/// <param name="Change">The admin's change that wrote it, by seq in the operator's ledger; 0: a seed did.</param>
public sealed record RegistryRow(string Kind, string Name, string Json, long Change = 0);

/// <summary>
/// The registry's rows under one version stamp. A change writes its rows and moves the stamp in one transaction, so that a stamp that did not move
/// proves that nothing did. Throws <see cref="StorageUnavailableException"/> when the answer cannot be known.
/// </summary>
public interface IRegistryStore
{
    /// <summary>The stamp; 0 where nothing was ever written. One point read.</summary>
    Task<long> ReadVersionAsync(CancellationToken cancellation);

    /// <summary>All rows, with the stamp that held before and after they were read (it reads again until both agree).</summary>
    Task<(long Version, IReadOnlyList<RegistryRow> Rows)> ReadAsync(CancellationToken cancellation);

    /// <summary>
    /// Writes <paramref name="upserts"/> and removes <paramref name="deletions"/> (kind and name count) if the stamp is still <paramref name="expectedVersion"/>;
    /// returns the new stamp, or null when it had moved. All or nothing up to 99 rows; above that in several transactions, each with the stamp.
    /// </summary>
    Task<long?> WriteAsync(long expectedVersion, IReadOnlyList<RegistryRow> upserts, IReadOnlyList<RegistryRow> deletions, CancellationToken cancellation);
}
