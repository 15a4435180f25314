using System.Globalization;
using System.Text;
using Gating.Messages;

namespace Gating.Testing.Storage;

/// <summary>Queues in memory, oldest message first.</summary>
public sealed class InMemoryMessageQueues(TimeProvider time, Faults? faults = null) : IMessageQueues, IMessageSource
{
    private readonly Lock _lock = new();
    private readonly List<Held> _messages = [];
    private long _numbers;

    public Faults Faults { get; } = faults ?? new();

    /// <summary>Messages that wait in that queue, held ones too.</summary>
    public IReadOnlyList<byte[]> Waiting(string queue)
    {
        lock (_lock)
        {
            return [.. _messages.Where(held => held.Queue == queue).Select(static held => held.Delivery.Message().ToArray())];
        }
    }

    /// <summary>Every message of every queue, oldest first, due or not.</summary>
    public IReadOnlyList<QueuedMessage> Messages
    {
        get
        {
            lock (_lock)
            {
                return [.. _messages.Select(static held => held.ToMessage())];
            }
        }
    }

    /// <summary>Takes the first one of all, due or not; null where there is none.</summary>
    public QueuedMessage? Take()
    {
        lock (_lock)
        {
            var first = _messages.FirstOrDefault();
            return first is not null && _messages.Remove(first) ? first.ToMessage() : null;
        }
    }

    public Task PutAsync(string queue, ReadOnlyMemory<byte> message, CancellationToken cancellation, TimeSpan delay = default) =>
        PutTextAsync(queue, Convert.ToBase64String(message.Span), cancellation, delay);

    /// <summary>As anybody may put it who writes to the queue.</summary>
    public Task PutTextAsync(string queue, string text, CancellationToken cancellation, TimeSpan delay = default) => Faults.RunAsync(
        StoreCall.PutMessage,
        () =>
        {
            lock (_lock)
            {
                _messages.Add(new(queue) { Delivery = new(Number(), Number(), text, 0), Delay = delay, From = time.GetUtcNow() + delay });
                return 0;
            }
        },
        cancellation);

    public Task<IReadOnlyList<Delivery>> ReceiveAsync(string queue, int most, TimeSpan lease, CancellationToken cancellation) => Faults.RunAsync<IReadOnlyList<Delivery>>(
        StoreCall.ReceiveMessages,
        () =>
        {
            lock (_lock)
            {
                var now = time.GetUtcNow();
                var free = _messages.Where(held => held.Queue == queue && held.From <= now).Take(most).ToList();
                foreach (var held in free)
                {
                    (held.From, held.Delivery) = (now + lease, held.Delivery with { Receipt = Number(), Count = held.Delivery.Count + 1 });
                }

                return [.. free.Select(static held => held.Delivery)];
            }
        },
        cancellation);

    public Task<Delivery?> KeepAsync(string queue, Delivery delivery, TimeSpan lease, CancellationToken cancellation) => Faults.RunAsync(
        StoreCall.KeepMessage,
        () =>
        {
            lock (_lock)
            {
                if (Find(queue, delivery) is not { } held)
                {
                    return null;
                }

                (held.From, held.Delivery) = (time.GetUtcNow() + lease, held.Delivery with { Receipt = Number() });
                return held.Delivery;
            }
        },
        cancellation);

    public Task RemoveAsync(string queue, Delivery delivery, CancellationToken cancellation) => Faults.RunAsync(
        StoreCall.RemoveMessage,
        () =>
        {
            lock (_lock)
            {
                return Find(queue, delivery) is { } held && _messages.Remove(held);
            }
        },
        cancellation);

    private Held? Find(string queue, Delivery delivery) =>
        _messages.Find(held => held.Queue == queue && held.Delivery.Id == delivery.Id && held.Delivery.Receipt == delivery.Receipt);

    private string Number() => (++_numbers).ToString(CultureInfo.InvariantCulture);

    private sealed record Held(string Queue)
    {
        public required Delivery Delivery { get; set; }

        public required DateTimeOffset From { get; set; }

        /// <summary>With which it was put.</summary>
        public required TimeSpan Delay { get; init; }

        public QueuedMessage ToMessage() => new(Queue, Delivery.Message(), Delay);
    }
}

/// <summary>A message that waits, with the delay that it was put with.</summary>
public sealed record QueuedMessage(string Queue, ReadOnlyMemory<byte> Message, TimeSpan Delay);

/// <summary>Dead letters in memory.</summary>
public sealed class InMemoryDeadLetters(Faults? faults = null) : IDeadLetters
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, DeadLetter> _letters = new(StringComparer.Ordinal);
    private long _numbers;

    public Faults Faults { get; } = faults ?? new();

    public IReadOnlyList<DeadLetter> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _letters.Values];
            }
        }
    }

    public Task PutAsync(DeadLetter letter, CancellationToken cancellation) => Faults.RunAsync(
        StoreCall.PutLetter,
        () =>
        {
            lock (_lock)
            {
                _letters[Key(letter.Queue, letter.Id)] = letter with { Token = (++_numbers).ToString(CultureInfo.InvariantCulture) };
                return 0;
            }
        },
        cancellation);

    public Task<DeadLetter?> FindAsync(string queue, string id, CancellationToken cancellation) => Faults.RunAsync(
        StoreCall.ReadLetters,
        () =>
        {
            lock (_lock)
            {
                return _letters.GetValueOrDefault(Key(queue, id));
            }
        },
        cancellation);

    public async IAsyncEnumerable<DeadLetter> ReadAsync(string queue, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var letter in await Faults.RunAsync(StoreCall.ReadLetters, () => All, cancellation))
        {
            if (letter.Queue == queue)
            {
                yield return letter;
            }
        }
    }

    public Task<bool> RemoveAsync(DeadLetter letter, CancellationToken cancellation) => Faults.RunAsync(
        StoreCall.RemoveLetter,
        () =>
        {
            lock (_lock)
            {
                return _letters.TryGetValue(Key(letter.Queue, letter.Id), out var kept) && kept.Token == letter.Token && _letters.Remove(Key(letter.Queue, letter.Id));
            }
        },
        cancellation);

    private static string Key(string queue, string id) => $"{queue} {id}";
}
