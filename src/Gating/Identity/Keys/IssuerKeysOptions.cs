namespace Gating.Identity.Keys;

/// <summary>How provider keys are fetched and how long they are believed. The defaults are what the README states.</summary>
/// <param name="AllowLoopback">Development only: providers on loopback, over plain http too.</param>
public sealed record IssuerKeysOptions(bool AllowLoopback)
{
    /// <summary>Keys older than this are refreshed in the background the next time they are used.</summary>
    public TimeSpan RefreshAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>After a successful fetch, an unknown key id is believed to be unknown for this long: the floor between fetches, however many ids are made up.</summary>
    public TimeSpan FetchFloor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After a failed fetch the provider is left alone for this long.</summary>
    public TimeSpan RetryAfterFailure { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Keys last fetched longer ago than this judge nothing any more.</summary>
    public TimeSpan LastKnownGood { get; init; } = TimeSpan.FromHours(24);

    /// <summary>For both documents together, connecting included.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Largest accepted answer, in bytes.</summary>
    public int MaxAnswerBytes { get; init; } = 256 * 1024;
}
