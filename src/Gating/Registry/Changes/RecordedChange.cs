using System.Collections.Immutable;
using Gating.Access;

namespace Gating.Registry.Changes;

/// <summary>How far a change has come.</summary>
public enum ChangeStanding
{
    /// <summary>Waits for another admin; or, where one is enough, for somebody to complete what was cut off.</summary>
    Proposed = 1,

    /// <summary>Approved, and cut off before the registry was written: approving it again does the rest.</summary>
    Approved = 2,
    Declined = 3,

    /// <summary>The registry was written as it says.</summary>
    Applied = 4,

    /// <summary>Over without effect: the item, or something it leans on, had changed.</summary>
    Dropped = 5,
}

/// <summary>A change as it was recorded before anything was done.</summary>
/// <param name="Id">Its seq in the operator's ledger.</param>
/// <param name="BeforeTag">Of the row that it takes for granted (<see cref="RegisteredItem.Tag"/>); null: there was none.</param>
/// <param name="After">Null: removed.</param>
/// <param name="TakesTwo">Another admin has to approve it.</param>
public sealed record RecordedChange(long Id, DateTimeOffset At, RegistryItem Item, string? BeforeTag, RegistryRow? Before, RegistryRow? After, Official By, bool TakesTwo)
{
    /// <summary>As people cite it: <c>c</c> and the number.</summary>
    public static string Text(long id) => DeskNumber.Text('c', id);

    /// <summary>Reads what <see cref="Text"/> writes, and nothing else.</summary>
    public static bool TryParse(string? text, out long id) => DeskNumber.TryParse(text, 'c', out id);
}

/// <summary>How changing the registry, or deciding a change, ended.</summary>
public abstract record ChangeOutcome
{
    private ChangeOutcome()
    {
    }

    /// <param name="Tag">Of the item as it is with the change; null where it is gone, or not so yet.</param>
    public sealed record Done(RecordedChange Change, ChangeStanding Standing, string? Tag) : ChangeOutcome;

    /// <summary>Nothing was to be done: it is so already. No entry says so again.</summary>
    public sealed record Unchanged(string Tag) : ChangeOutcome;

    /// <param name="Errors">With <see cref="ChangeRefusal.Invalid"/>: what is wrong, and where.</param>
    public sealed record Refused(ChangeRefusal Reason, ImmutableArray<RegistryError> Errors) : ChangeOutcome
    {
        public Refused(ChangeRefusal reason)
            : this(reason, [])
        {
        }
    }
}

/// <summary>Changes, the youngest first.</summary>
/// <param name="Next">Id before which the next page begins; null where there is none.</param>
public sealed record ChangePage(ImmutableArray<(RecordedChange Change, ChangeStanding Standing)> Changes, long? Next);
