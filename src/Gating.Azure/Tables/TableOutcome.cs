using Azure;

namespace Gating.Azure.Tables;

/// <summary>Why storage did nothing.</summary>
public enum TableRefusal
{
    /// <summary>409: a row of that key is there.</summary>
    Exists = 1,

    /// <summary>412: the row no longer carries the ETag.</summary>
    Changed = 2,

    /// <summary>404: there is no such row.</summary>
    Missing = 3,
}

/// <summary>What became of a write. Anything else (no answer, an answer lost for good, throttling, refused credentials) is a <see cref="StorageUnavailableException"/>.</summary>
public abstract record TableOutcome
{
    private TableOutcome()
    {
    }

    /// <summary>Durable. <paramref name="ETag"/> is the row's, in a transaction its first operation's; default for a deletion, or where it was overwritten before it could be read back.</summary>
    public sealed record Done(ETag ETag) : TableOutcome;

    /// <summary>Nothing happened, because of operation <paramref name="Operation"/> (0 outside of transactions).</summary>
    public sealed record Refused(int Operation, TableRefusal Reason) : TableOutcome;
}
