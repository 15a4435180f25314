namespace Gating.Messages;

/// <summary>How a message was taken. An answer that is not known is not among these: it is a <see cref="StorageUnavailableException"/>, and the message comes again.</summary>
public abstract record MessageOutcome
{
    private MessageOutcome()
    {
    }

    /// <summary>What the message asks for is done, by this delivery or by one before it.</summary>
    public sealed record Done : MessageOutcome;

    /// <summary>It cannot be done yet: the message comes again, until it has come too often.</summary>
    /// <param name="Why">A sentence for the operator, free of personal data.</param>
    public sealed record NotYet(string Why) : MessageOutcome;

    /// <summary>It will not be done, however often it comes: it is set aside with the reason, unless whoever sent it is told.</summary>
    /// <param name="Reason">A stable word.</param>
    /// <param name="Detail">A sentence for the operator, free of personal data.</param>
    /// <param name="IsTold">The reason stands where the sender asks for it, and is nothing that an operator could mend.</param>
    public sealed record Refused(string Reason, string Detail, bool IsTold = false) : MessageOutcome;
}
