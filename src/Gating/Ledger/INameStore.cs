namespace Gating.Ledger;

/// <summary>HMAC-SHA-256 of an identity (issuer and subject, or a trusted natural-person claim) under a key derived from the operator's data key.</summary>
public readonly record struct NameHash(EntryHash Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>
/// The naming rows: which stream belongs to an identity. Inserted, and gone with an erasure, never changed; the first to insert wins and everybody reads the winner.
/// Throws <see cref="StorageUnavailableException"/> when the answer cannot be known.
/// </summary>
public interface INameStore
{
    /// <summary>The stream of that name, or null.</summary>
    Task<StreamId?> FindAsync(NameHash name, CancellationToken cancellation);

    /// <summary>
    /// Gives the name to <paramref name="stream"/> unless it has one already. Returns the stream that has it now: <paramref name="stream"/>
    /// itself, also when an earlier attempt of the same call got through and its answer was lost, or the one that came first.
    /// </summary>
    Task<StreamId> ClaimAsync(NameHash name, StreamId stream, CancellationToken cancellation);

    /// <summary>Takes the name away from <paramref name="stream"/>; nothing where it has none, or names another. From then on it is claimed anew.</summary>
    Task ReleaseAsync(NameHash name, StreamId stream, CancellationToken cancellation);
}
