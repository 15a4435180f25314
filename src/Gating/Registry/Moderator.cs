using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Gating.Registry;

/// <summary>Who may say that an input was looked at before a tool works on it: by receipts that are signed with one of its keys.</summary>
/// <param name="Id">The receipts' <c>iss</c>: 1 to 64 characters of <c>A-Z a-z 0-9 . _ -</c>.</param>
/// <param name="Keys">Public keys (JWK): ES256 or RS256/PS256 of 2048 bits or more, 1 to 8.</param>
public sealed record Moderator(string Id, string Name, RegistryStatus Status, ImmutableArray<ClientKey> Keys)
{
    /// <summary>Thumbprints (RFC 7638) of keys that are stopped, this moderator's or anybody's.</summary>
    public FrozenSet<string> StoppedKeys { get; init; } = FrozenSet<string>.Empty;
}

/// <summary>The moderation of its input that a tool asks for.</summary>
/// <param name="MaxAge">From the moment at which the input was looked at until the admission.</param>
/// <param name="TakesFlagged">An input that was flagged is let through as well as one that was allowed.</param>
/// <param name="Moderators">Ids of those whose word counts; empty: of every registered one.</param>
public sealed record ModerationDemand(TimeSpan MaxAge, bool TakesFlagged, ImmutableArray<string> Moderators)
{
    /// <summary>Where a tool demands moderation and says no more.</summary>
    public static ModerationDemand Default { get; } = new(TimeSpan.FromMinutes(5), TakesFlagged: false, []);
}
