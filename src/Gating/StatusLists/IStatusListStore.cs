using Gating.Timelines;

namespace Gating.StatusLists;

/// <summary>A list as it is stored, with the token by which it is changed.</summary>
public sealed record StoredStatusList(StatusList List, string Token);

/// <summary>
/// Status lists, each one row, and by hour which there are. What they say is said in the ledger, too; here it is where it can be served without reading that. Every method MUST throw
/// <see cref="StorageUnavailableException"/> when it cannot know the answer: the write may have happened then.
/// </summary>
public interface IStatusListStore
{
    Task<StoredStatusList?> ReadAsync(StatusListId id, CancellationToken cancellation);

    /// <summary>False where there is one of that id. It is listed under its hour before it is there: a crash between leaves a name of nothing.</summary>
    Task<bool> AddAsync(StatusList list, CancellationToken cancellation);

    /// <summary>False where it was changed since <paramref name="token"/> was read, or is gone.</summary>
    Task<bool> ReplaceAsync(StatusList list, string token, CancellationToken cancellation);

    /// <summary>Those that began in that hour, in no order.</summary>
    IAsyncEnumerable<StatusListId> ListAsync(UtcHour hour, CancellationToken cancellation);

    /// <summary>Takes the list away, and then its name from its hour; safe to repeat.</summary>
    Task RemoveAsync(UtcHour hour, StatusListId id, CancellationToken cancellation);
}
