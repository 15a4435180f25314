using System.Collections.Frozen;
using System.Collections.Immutable;
using Gating.Usage;

namespace Gating.Registry;

/// <summary>A whole registry that passed every check: what a seed file or all stored rows say.</summary>
/// <param name="Rows">The same as rows to store: one per app, tool, issuer and moderator, and one for the policy.</param>
public sealed record RegistryDocument(
    ImmutableArray<App> Apps,
    ImmutableArray<Tool> Tools,
    ImmutableArray<Issuer> Issuers,
    ImmutableArray<Quota> PersonQuotas,
    ImmutableArray<RegistryRow> Rows)
{
    public ImmutableArray<Moderator> Moderators { get; init; } = [];

    /// <summary>Thumbprints (RFC 7638) of the keys that a stop stands on.</summary>
    public FrozenSet<string> StoppedKeys { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Stops that begin at a time of their own: nothing here is stopped by them, a snapshot is (<see cref="ToSnapshot"/>).</summary>
    public ImmutableArray<RegistryStop> Timed { get; init; } = [];

    /// <summary>The version of the seed file's and the rows' shape. Readers refuse any other.</summary>
    public const int SchemaVersion = 1;

    /// <summary>The registry before anything was written: nobody is known, so everybody is refused.</summary>
    public static RegistryDocument Empty { get; } = new([], [], [], [], []);

    /// <param name="now">Stops that begin by then hold.</param>
    public RegistrySnapshot ToSnapshot(long version, long readAt, DateTimeOffset now)
    {
        var document = StoppedBy([.. Timed.Where(stop => stop.From <= now)]);
        return new(
            version,
            document.Apps.ToFrozenDictionary(app => app.Id, StringComparer.Ordinal),
            document.Tools.ToFrozenDictionary(tool => tool.Resource, StringComparer.Ordinal),
            document.Issuers.ToFrozenDictionary(issuer => issuer.Id, StringComparer.Ordinal),
            PersonQuotas,
            readAt)
        {
            Moderators = document.Moderators.ToFrozenDictionary(moderator => moderator.Id, StringComparer.Ordinal),
            StoppedKeys = document.StoppedKeys,
            ChangesAt = Timed.Where(stop => stop.From > now).Min(static stop => stop.From),
        };
    }

    /// <summary>The same with these stops on it.</summary>
    internal RegistryDocument StoppedBy(IReadOnlyCollection<RegistryStop> stops)
    {
        if (stops.Count == 0)
        {
            return this;
        }

        var keys = StoppedKeys.Concat(stops.Where(static stop => stop.Kind is RegistryKind.Key).Select(static stop => stop.Name)).ToFrozenSet(StringComparer.Ordinal);
        return this with
        {
            Apps = [.. Apps.Select(app => app with { Status = StatusOf(RegistryKind.App, app.Id, app.Status), StoppedKeys = keys })],
            Tools = [.. Tools.Select(tool => tool with { Status = StatusOf(RegistryKind.Tool, tool.Resource, tool.Status) })],
            Issuers = [.. Issuers.Select(issuer => issuer with { Status = StatusOf(RegistryKind.Issuer, issuer.Id, issuer.Status), StoppedKeys = keys })],
            Moderators = [.. Moderators.Select(moderator => moderator with { Status = StatusOf(RegistryKind.Moderator, moderator.Id, moderator.Status), StoppedKeys = keys })],
            StoppedKeys = keys,
        };

        RegistryStatus StatusOf(RegistryKind kind, string name, RegistryStatus own) =>
            stops.Any(stop => stop.Kind == kind && string.Equals(stop.Name, name, StringComparison.Ordinal)) ? RegistryStatus.Stopped : own;
    }
}

/// <summary>What came of reading a seed file or rows: all of it, or every error.</summary>
public abstract record RegistryReading
{
    private RegistryReading()
    {
    }

    public sealed record Valid(RegistryDocument Document) : RegistryReading;

    /// <param name="Errors">At least one: what is wrong in itself in the order of the text, then what is wrong between items.</param>
    public sealed record Invalid(ImmutableArray<RegistryError> Errors) : RegistryReading;
}

/// <summary>One thing that is wrong with a registry, in words for whoever wrote it.</summary>
/// <param name="At">Where: a JSON pointer (RFC 6901) into the seed file; for a row <c>/{kind}/{name}</c> comes first.</param>
/// <param name="Seen">What stands there, shortened; never what may be a secret.</param>
/// <param name="Allowed">What may stand there.</param>
public sealed record RegistryError(string At, string Seen, string Allowed)
{
    public override string ToString() => $"{(At.Length == 0 ? "/" : At)}: found {Seen}; allowed: {Allowed}.";
}

/// <summary>Where a registry is used, and so what it may name.</summary>
public enum RegistryMode
{
    /// <summary>Every URL is https.</summary>
    Production = 0,

    /// <summary>On a loopback address http is allowed too.</summary>
    Development = 1,
}
