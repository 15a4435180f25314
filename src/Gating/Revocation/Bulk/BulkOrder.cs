using System.Collections.Immutable;
using Gating.Access;
using Gating.Ledger;

namespace Gating.Revocation.Bulk;

/// <summary>What is ordered for each of many people.</summary>
/// <param name="People">Each once, 1 to <see cref="MostPeople"/>.</param>
/// <param name="Until">A suspension, which ends by itself; null: until it is lifted.</param>
public sealed record BulkOrder(ImmutableArray<StreamId> People, RevocationReason Reason, string Text, DateTimeOffset? Until)
{
    public const int MostPeople = 10_000;

    internal RevocationOrder For(StreamId person) => new(new RevocationTarget.OfPerson(person), Reason, Text, Until);
}

/// <summary>An order as it was recorded.</summary>
/// <param name="Id">Seq of its entry in the operator's ledger.</param>
public sealed record RecordedBulk(long Id, DateTimeOffset At, Official By, BulkOrder Order)
{
    /// <summary>As people cite it: <c>b</c> and the number.</summary>
    public static string Text(long id) => DeskNumber.Text('b', id);

    /// <summary>Reads what <see cref="Text"/> writes, and nothing else.</summary>
    public static bool TryParse(string? text, out long id) => DeskNumber.TryParse(text, 'b', out id);

    /// <summary>What the head of that person calls the stop: it follows from the order, so that however often it is carried out it is one.</summary>
    internal KeyHash StopOf(StreamId person) => KeyHash.Of("bulk", Text(Id), person.ToString());
}

/// <summary>How an order stands now.</summary>
public enum BulkStanding
{
    Proposed = 1,
    Declined = 2,

    /// <summary>Approved, and not carried out to its end.</summary>
    Running = 3,

    /// <summary>Of each of the people it is known whether they are stopped.</summary>
    Ended = 4,
}

/// <summary>How far it is.</summary>
/// <param name="Stopped">People who are stopped by it, each with a revocation of their own.</param>
/// <param name="Refused">People who cannot be: erased since, with too many stops on them, or a suspension that was over before it began.</param>
public readonly record struct BulkProgress(BulkStanding Standing, int Stopped, int Refused);

/// <summary>Why an order is not made or not approved. Stable: callers switch on it.</summary>
public enum BulkRefusal
{
    /// <summary>There is no such order.</summary>
    Unknown = 1,

    /// <summary>Whoever proposed it does not approve it: that takes another human.</summary>
    SameHuman = 2,

    /// <summary>It was approved or declined before, otherwise than now.</summary>
    Decided = 3,

    /// <summary>Of nobody who is named anything is recorded.</summary>
    Nobody = 4,

    /// <summary>More people than one order may name.</summary>
    TooMany = 5,

    /// <summary>The suspension would be over already.</summary>
    Over = 6,

    /// <summary>Too much is being asked of the operator's ledger at once: try again.</summary>
    Busy = 7,
}

/// <summary>How proposing or deciding an order ended.</summary>
public abstract record BulkOutcome
{
    private BulkOutcome()
    {
    }

    /// <summary>It is as was asked, recorded and announced.</summary>
    public sealed record Done(RecordedBulk Bulk, BulkProgress Progress) : BulkOutcome;

    public sealed record Refused(BulkRefusal Reason) : BulkOutcome;
}
