namespace Gating.Client;

/// <summary>The gate's no, and what it asks for.</summary>
/// <param name="Status">400 to 499.</param>
/// <param name="Error">RFC 6749 error code; null where the endpoint is not one of OAuth.</param>
/// <param name="Reason">The gate's stable word, to count and to branch by; <see cref="Unrecognised"/> where the answer was not the gate's.</param>
/// <param name="Description">A sentence for the app's engineer; never for the user.</param>
/// <param name="RetryAfter">When the same call may do better; null where waiting does not help.</param>
/// <param name="StepUp">Send the person back to the identity provider, with this; null unless that would help.</param>
public sealed record Refusal(int Status, string? Error, string Reason, string? Description, TimeSpan? RetryAfter, StepUp? StepUp)
{
    /// <summary>Something before the gate answered.</summary>
    public const string Unrecognised = "unrecognised";
}

/// <summary>How well, and how lately, the person has to be authenticated (RFC 9470).</summary>
/// <param name="AcrValues"><c>acr_values</c> of the authorization request; null where the provider's are not known.</param>
/// <param name="MaxAge"><c>max_age</c>; null where any age will do.</param>
/// <param name="AssuranceLevel"><c>low</c>, <c>substantial</c> or <c>high</c>.</param>
public sealed record StepUp(string? AcrValues, TimeSpan? MaxAge, string AssuranceLevel);

/// <summary>Nobody knows: the gate could not be reached, did not answer in time, or said that it cannot decide now. Whether something was done is open; the same call, repeated, finds out.</summary>
/// <param name="Reason">The gate's word where it answered; else one of the constants here.</param>
/// <param name="RetryAfter">What the gate asked for last; null where it did not.</param>
/// <param name="Tries">How often it was asked, at least 1.</param>
public sealed record Outage(string Reason, TimeSpan? RetryAfter, int Tries)
{
    /// <summary>No connection, or one that broke.</summary>
    public const string Network = "network";

    /// <summary>No answer in time.</summary>
    public const string Timeout = "timeout";

    /// <summary>The file is there, and nobody has looked into it yet.</summary>
    public const string Awaited = "awaited";

    /// <summary>An answer that is not one of the gate's.</summary>
    public const string Unreadable = "unreadable_answer";
}
