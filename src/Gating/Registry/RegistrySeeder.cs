using System.Collections.Immutable;
using Gating.Registry.Reading;

namespace Gating.Registry;

/// <summary>What a seed does with stored rows that it does not name.</summary>
public enum SeedMode
{
    /// <summary>They stay, and so does what an admin has changed since: a seed that is read at every start must not undo it. The registry of all together must be valid.</summary>
    Merge = 1,

    /// <summary>They go: afterwards the registry is the seed, and the stops that stand on what it registers. Also puts right a registry that cannot be read.</summary>
    Replace = 2,
}

/// <summary>What came of seeding.</summary>
public abstract record SeedOutcome
{
    private SeedOutcome()
    {
    }

    /// <summary>The stored registry is as asked; nothing was written where it already was.</summary>
    public sealed record Seeded(long Version, int Written, int Removed) : SeedOutcome;

    /// <summary>Together with the rows that stay this would be no valid registry, or what is stored was not written by who has the data key; nothing was written.</summary>
    public sealed record Refused(ImmutableArray<RegistryError> Errors) : SeedOutcome;

    /// <summary>Others kept changing the registry; nothing was written.</summary>
    public sealed record Contended : SeedOutcome;
}

/// <summary>
/// Writes a document that was read by <see cref="RegistryReader"/> into a store: only what differs, all of it under one stamp. It may be called again
/// after any failure. A crash between the transactions of a change of more than 99 rows leaves a registry that may contradict itself: it is then refused until
/// the seed is run again.
/// </summary>
public sealed class RegistrySeeder(IRegistryStore store, RegistryMode mode)
{
    private const int MaxAttempts = 5;

    public async Task<SeedOutcome> SeedAsync(RegistryDocument document, SeedMode seed, CancellationToken cancellation)
    {
        try
        {
            return await WriteAsync(document, seed, cancellation);
        }
        catch (RegistryUnreadableException unreadable)
        {
            return new SeedOutcome.Refused(unreadable.Errors);
        }
    }

    private async Task<SeedOutcome> WriteAsync(RegistryDocument document, SeedMode seed, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (version, stored) = await store.ReadAsync(cancellation);
            var change = RegistryChange.Between(stored, document.Rows, seed);
            if (RegistryReader.ReadRows(change.Result, mode) is RegistryReading.Invalid invalid)
            {
                return new SeedOutcome.Refused(invalid.Errors);
            }

            if (change.IsNothing)
            {
                return new SeedOutcome.Seeded(version, 0, 0);
            }

            // The commit point. Lost between here and the answer, the change is found done by the next attempt.
            if (await store.WriteAsync(version, change.Upserts, change.Deletions, cancellation) is { } written)
            {
                return new SeedOutcome.Seeded(written, change.Upserts.Count, change.Deletions.Count);
            }
        }

        return new SeedOutcome.Contended();
    }
}

/// <summary>The difference between what is stored and what is wanted.</summary>
/// <param name="Result">All rows as they will be.</param>
internal sealed record RegistryChange(IReadOnlyList<RegistryRow> Upserts, IReadOnlyList<RegistryRow> Deletions, IReadOnlyList<RegistryRow> Result)
{
    public bool IsNothing => Upserts.Count == 0 && Deletions.Count == 0;

    public static RegistryChange Between(IReadOnlyList<RegistryRow> stored, ImmutableArray<RegistryRow> wanted, SeedMode seed)
    {
        if (seed is SeedMode.Merge)
        {
            var changed = stored.Where(static row => row.Change != 0).Select(static row => (row.Kind, row.Name)).ToHashSet();
            wanted = [.. wanted.Where(row => !changed.Contains((row.Kind, row.Name)))];
        }

        var before = stored.ToDictionary(row => (row.Kind, row.Name), row => row.Json);
        var named = wanted.Select(row => (row.Kind, row.Name)).ToHashSet();
        var others = stored.Where(row => !named.Contains((row.Kind, row.Name))).ToList();

        // No seed lifts a stop: whoever starts with one would undo what an admin did.
        var (stops, rest) = (others.FindAll(IsStop), others.FindAll(static row => !IsStop(row)));
        var upserts = wanted.Where(row => !string.Equals(before.GetValueOrDefault((row.Kind, row.Name)), row.Json, StringComparison.Ordinal)).ToList();
        return seed switch
        {
            SeedMode.Merge => new(upserts, [], [.. wanted, .. others]),
            SeedMode.Replace => new(upserts, rest, [.. wanted, .. stops]),
        };
    }

    private static bool IsStop(RegistryRow row) => string.Equals(row.Kind, RegistryWords.Stop, StringComparison.Ordinal);
}
