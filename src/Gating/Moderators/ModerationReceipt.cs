namespace Gating.Moderators;

/// <summary>What a moderator came to.</summary>
public enum ModerationVerdict
{
    Allowed = 1,

    /// <summary>Let through with a mark.</summary>
    Flagged = 2,

    /// <summary>Not to be worked on.</summary>
    Blocked = 3,
}

/// <summary>What a moderator's receipt says, under a signature of that moderator's.</summary>
/// <param name="InputDigest">SHA-256 of the input, base64url, 43 characters.</param>
/// <param name="Rules">The version of the rules that it was judged by.</param>
/// <param name="At">When it was looked at (<c>iat</c>).</param>
public sealed record ModerationReceipt(string Moderator, string InputDigest, ModerationVerdict Verdict, string Rules, DateTimeOffset At);

/// <summary>What came of reading a receipt.</summary>
public abstract record ModerationFinding
{
    private ModerationFinding()
    {
    }

    /// <summary>One for all who show nothing.</summary>
    public static ModerationFinding None { get; } = new Missing();

    /// <summary>None was sent, or nobody asks for one.</summary>
    public sealed record Missing : ModerationFinding;

    /// <summary>It is no receipt of a moderator who is registered, is not stopped, and whose word counts for this tool.</summary>
    public sealed record Invalid : ModerationFinding;

    public sealed record Attested(ModerationReceipt Receipt) : ModerationFinding;
}
