using System.Collections.Immutable;

namespace Gating.Signals;

/// <summary>How a stream's events reach their receiver.</summary>
public enum SignalDelivery
{
    /// <summary>They are sent to it (RFC 8935).</summary>
    Push = 1,

    /// <summary>It fetches them (RFC 8936).</summary>
    Poll = 2,
}

/// <summary>Whether events go out (SSF 1.0, section 8.1.2). Stored by name.</summary>
public enum SignalStatus
{
    Enabled = 1,

    /// <summary>They are kept until it is enabled again.</summary>
    Paused = 2,

    /// <summary>They are not kept.</summary>
    Disabled = 3,
}

/// <summary>Where an app wants to be told what happens to its users (OpenID Shared Signals Framework 1.0). Each app has one stream at most.</summary>
/// <param name="Id">The <c>stream_id</c>.</param>
/// <param name="Events">Types of events that it gets (<see cref="SecurityEvents.Supported"/>).</param>
/// <param name="Endpoint">Of <see cref="SignalDelivery.Push"/>.</param>
/// <param name="Authorization">What is sent there as <c>Authorization</c>; null: nothing. A secret of the app's, sealed (<see cref="StreamSecrets"/>).</param>
/// <param name="Reason">Why it has that status, as whoever set it said.</param>
public sealed record SignalStream(
    string App,
    string Id,
    SignalDelivery Delivery,
    Uri? Endpoint,
    ReadOnlyMemory<byte>? Authorization,
    ImmutableArray<string> Events,
    string? Description,
    SignalStatus Status,
    string? Reason);
