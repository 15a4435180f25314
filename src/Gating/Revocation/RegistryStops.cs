using Gating.Ledger;
using Gating.Registry;
using Gating.Registry.Changes;
using Gating.Registry.Reading;

namespace Gating.Revocation;

/// <summary>
/// Stops apps, tools, issuers, moderators and keys, and lifts stops: each a row of the registry, written under its stamp. Idempotent by the stop's id. Throws <see cref="StorageUnavailableException"/>: the stop may then stand, and the same request
/// tells.
/// </summary>
public sealed class RegistryStops(IRegistryStore store, TimeProvider time)
{
    private const int MaxAttempts = 5;

    /// <summary>Null where it stands now.</summary>
    internal Task<RevocationRefusal?> SetAsync(RegistryStop stop, CancellationToken cancellation) => ChangeAsync(
        rows => IsAmong(rows, RegistryWords.Stop, stop.Id.ToString()) ? (null, null)
            : stop.Kind is RegistryKind.Key || IsAmong(rows, stop.Kind.Word(), stop.Name) ? (stop.ToRow(), null)
            : (null, RevocationRefusal.NotRegistered),
        static row => ([row], []), cancellation);

    /// <summary>Null where it does not stand any more.</summary>
    internal Task<RevocationRefusal?> LiftAsync(RegistryStop stop, CancellationToken cancellation) => ChangeAsync(
        rows => (IsAmong(rows, RegistryWords.Stop, stop.Id.ToString()) ? stop.ToRow() : null, null), static row => ([], [row]), cancellation);

    /// <summary>As stored now, whatever instances still hold.</summary>
    internal async Task<bool> StandsAsync(RegistryStop stop, CancellationToken cancellation) => IsAmong((await store.ReadAsync(cancellation)).Rows, RegistryWords.Stop, stop.Id.ToString());

    /// <summary>Every snapshot that was read before this call is too old to be used once it returns, on every instance.</summary>
    internal Task WaitForAllAsync(CancellationToken cancellation) => Task.Delay(RegistrySource.MaxAge, time, cancellation);

    private async Task<RevocationRefusal?> ChangeAsync(
        Func<IReadOnlyList<RegistryRow>, (RegistryRow? Change, RevocationRefusal? Refusal)> decide,
        Func<RegistryRow, (IReadOnlyList<RegistryRow> Upserts, IReadOnlyList<RegistryRow> Deletions)> write,
        CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (version, rows) = await store.ReadAsync(cancellation);
            var (change, refusal) = decide(rows);
            if (change is null)
            {
                return refusal;
            }

            // The commit point. Lost between here and the answer, the change is found done by the next request.
            var (upserts, deletions) = write(change);
            if (await store.WriteAsync(version, upserts, deletions, cancellation) is not null)
            {
                return null;
            }
        }

        return RevocationRefusal.Busy;
    }

    private static bool IsAmong(IReadOnlyList<RegistryRow> rows, string kind, string name) => new RegistryItem(kind, name).In(rows) is not null;
}
