namespace Gating.Client;

/// <summary>What a user may do with one tool, for minutes. Its text is a secret, also when it is bound to a key, and is not part of what this prints.</summary>
/// <param name="Token">RFC 9068 <c>at+jwt</c>, for the tool and for <see cref="GatingApp.BeginAsync"/>.</param>
/// <param name="IsBound">It comes with a DPoP proof or not at all.</param>
/// <param name="ExpiresAt">By the clock of this process, a little early rather than late.</param>
/// <param name="Operation">What was granted, as <paramref name="Units"/> is: at least 1.</param>
/// <param name="Replayed">The gate had given it before, under the same key: nothing was charged this time.</param>
public sealed record Grant(string Token, bool IsBound, string Resource, DateTimeOffset ExpiresAt, string Operation, int Units, bool Replayed)
{
    public override string ToString() => $"{Operation} of {Units} at {Resource} until {ExpiresAt:O}";
}
