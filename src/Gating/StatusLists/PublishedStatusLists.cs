using System.Buffers.Text;
using System.Security.Cryptography;
using Gating.Grants;
using Gating.Registry;
using Gating.Timelines;

namespace Gating.StatusLists;

/// <summary>A Status List Token (Token Status List, 5.1), as it is served.</summary>
/// <param name="Token">Compact serialisation, ASCII.</param>
/// <param name="Tag">A strong entity tag (RFC 9110, 8.8.3), quoted.</param>
public sealed record StatusListToken(ReadOnlyMemory<byte> Token, string Tag);

/// <summary>
/// Status lists for whoever was given a grant. A list is read and signed when somebody asks for it, and kept for a part of its <c>ttl</c>: what was revoked shows to who asks <see cref="MaxAge"/> after the revocation was
/// answered, to who keeps a token for its <c>ttl</c> that much later. A lane whose app, tool or issuer is stopped has no valid grant, at once and for as long as it is stopped. Throws
/// <see cref="StorageUnavailableException"/>: what is not known is not published. Safe for concurrent use; one per process.
/// </summary>
/// <param name="issuer">Our identifier, an origin without a trailing slash.</param>
public sealed class PublishedStatusLists(IStatusListStore store, RegistrySource registry, SigningKeyRing keys, string issuer, TimeProvider time)
{
    /// <summary>What is served was read no longer ago.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    /// <summary><c>ttl</c>: how long whoever asked may go by it.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(15);

    /// <summary>From <c>iat</c> to <c>exp</c>: a token that is served is at most <see cref="TimeToLive"/> old, and good for longer than its <c>ttl</c>.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <summary>Lists that are kept, twice over (<see cref="AgingCache{TKey, TValue}"/>).</summary>
    private const int Kept = 4096;

    private readonly JwsSigner _signer = new(keys, "statuslist+jwt");
    private readonly AgingCache<StatusListId, Served> _served = new(Kept);

    /// <summary>The address under which a grant names its list.</summary>
    public static string UriOf(string issuer, StatusListId id) => $"{issuer}/statuslists/{id}";

    /// <summary>Null where there is no such list, or not any more: then no grant that names it is good.</summary>
    public async Task<StatusListToken?> FindAsync(StatusListId id, CancellationToken cancellation)
    {
        var snapshot = await registry.GetAsync(cancellation);
        var served = _served.TryGet(id, out var known) ? known : new(this, id);
        if (await served.ReadAsync(cancellation) is not { } list)
        {
            return null;
        }

        // Only now: names that nobody gave would push out those that are asked for.
        return _served.GetOrAdd(id, served, static mine => mine).TokenOf(snapshot.IsOpen(list.Lane.App, list.Lane.Tool, list.Lane.Issuer) ? list.Compressed : StatusBits.AllInvalid);
    }

    /// <summary>The addresses of all lists that a good grant can name (Token Status List, 9.3).</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation)
    {
        var uris = new List<string>();
        for (var (now, hour) = (time.GetUtcNow(), UtcHour.Of(time.GetUtcNow())); StatusList.IsLive(hour, now); hour = new(hour.Number - 1))
        {
            await foreach (var id in store.ListAsync(hour, cancellation))
            {
                uris.Add(UriOf(issuer, id));
            }
        }

        return uris;
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private long Timestamp => time.GetTimestamp();

    private TimeSpan AgeOf(long began) => time.GetElapsedTime(began);

    private Task<StoredStatusList?> ReadAsync(StatusListId id) => store.ReadAsync(id, CancellationToken.None);

    private StatusListToken Sign(StatusListId id, DateTimeOffset now, ReadOnlyMemory<byte> compressed)
    {
        var token = _signer.Sign(JsonBytes.OfObject((Uri: UriOf(issuer, id), Now: now.ToUnixTimeSeconds(), compressed), static (json, list) =>
        {
            json.WriteString("sub"u8, list.Uri);
            json.WriteNumber("iat"u8, list.Now);
            json.WriteNumber("exp"u8, list.Now + (long)Lifetime.TotalSeconds);
            json.WriteNumber("ttl"u8, (long)TimeToLive.TotalSeconds);
            json.WriteStartObject("status_list"u8);
            json.WriteNumber("bits"u8, 1);
            json.WriteString("lst"u8, Base64Url.EncodeToString(list.compressed.Span));
            json.WriteEndObject();
        }));
        return new(token, $"\"{Convert.ToHexStringLower(SHA256.HashData(token).AsSpan(0, 16))}\"");
    }

    private sealed class Served(PublishedStatusLists lists, StatusListId id)
    {
        private readonly Lock _gate = new();
        private (long Began, Task<StatusList?> List)? _reading;
        private (ReadOnlyMemory<byte> Compressed, DateTimeOffset At, StatusListToken Token)? _signed;

        /// <summary>As it is stored, read no longer ago than <see cref="MaxAge"/>; all who ask at once share one read.</summary>
        public Task<StatusList?> ReadAsync(CancellationToken cancellation)
        {
            lock (_gate)
            {
                if (_reading is not { } reading || reading.List.IsFaulted || lists.AgeOf(reading.Began) > MaxAge)
                {
                    using (ExecutionContext.SuppressFlow())
                    {
                        _reading = reading = (lists.Timestamp, Task.Run(async () => (await lists.ReadAsync(id))?.List));
                    }
                }

                return reading.List.WaitAsync(cancellation);
            }
        }

        /// <summary>The last one again while it says the same and is young enough.</summary>
        public StatusListToken TokenOf(ReadOnlyMemory<byte> compressed)
        {
            lock (_gate)
            {
                var now = lists.Now;
                if (_signed is not { } signed || now - signed.At >= TimeToLive || !signed.Compressed.Span.SequenceEqual(compressed.Span))
                {
                    _signed = signed = (compressed, now, lists.Sign(id, now, compressed));
                }

                return signed.Token;
            }
        }
    }
}
