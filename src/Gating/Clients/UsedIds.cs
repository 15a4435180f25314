using Gating.Ledger;

namespace Gating.Clients;

public enum UsedIdAnswer
{
    /// <summary>Not seen before; it is remembered from now on.</summary>
    Fresh = 1,
    Replayed = 2,

    /// <summary>The memory is full of ids that are still live. Refuse (503): forgetting one would let it be used twice.</summary>
    TooMany = 3,
}

/// <summary>
/// This instance's memory of one-time ids, beside the rows that transactions insert: it catches a replay across persons and on endpoints
/// without a transaction. Every id is kept for <see cref="Life"/>, so that they leave in the order they came: constant time, no timer, and never
/// more than <paramref name="capacity"/> ids. Safe for concurrent use. A crash forgets; what must survive one is a row.
/// </summary>
public sealed class UsedIds(int capacity, TimeProvider time)
{
    /// <summary>At least as long as any id can be presented (see <see cref="ClientAssertion"/> and <see cref="DpopProof"/>).</summary>
    public static readonly TimeSpan Life = ClientTimes.MaxLife + ClientTimes.Ahead + ClientTimes.Ahead;

    private readonly Lock gate = new();
    private readonly HashSet<KeyHash> live = [];
    private readonly Queue<(KeyHash Id, long SeenAt)> order = new();

    public UsedIdAnswer Use(KeyHash id)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            while (order.TryPeek(out var oldest) && time.GetElapsedTime(oldest.SeenAt, now) >= Life)
            {
                order.Dequeue();
                live.Remove(oldest.Id);
            }

            if (live.Contains(id))
            {
                return UsedIdAnswer.Replayed;
            }

            if (order.Count >= capacity)
            {
                return UsedIdAnswer.TooMany;
            }

            live.Add(id);
            order.Enqueue((id, now));
            return UsedIdAnswer.Fresh;
        }
    }

    /// <summary>Whether the id is remembered; remembers nothing itself.</summary>
    public bool Knows(KeyHash id)
    {
        lock (gate)
        {
            return live.Contains(id);
        }
    }
}
