using System.Collections.Frozen;
using System.Text.Json;
using Gating.Client.Jose;

namespace Gating.Client.Tools;

/// <summary>What is known of a key's name.</summary>
internal abstract record KeyAnswer
{
    private KeyAnswer()
    {
    }

    public sealed record Found(P256PublicKey Key) : KeyAnswer;

    public sealed record Unknown : KeyAnswer;

    public sealed record Unreachable : KeyAnswer;
}

/// <summary>
/// The gate's keys (RFC 7517), kept for as long as the gate says they may be. A name that is not among them has them read again, at most every <see cref="BetweenUnknown"/>, so that made-up names cost the gate nothing. All who
/// ask at once share one read. Safe for concurrent use.
/// </summary>
internal sealed class GateKeys(BoundedFetch fetch, string issuer, TimeProvider time)
{
    private const int MaxBytes = 256 * 1024;
    private const int MaxKeys = 64;

    /// <summary>The <c>max-age</c> that the gate gives them.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan BetweenUnknown = TimeSpan.FromSeconds(30);

    /// <summary>After a read, one that failed that is, nobody asks for so long.</summary>
    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(1);

    private readonly Uri _address = new(issuer + "/jwks");
    private readonly Lock _gate = new();
    private (long Began, FrozenDictionary<string, P256PublicKey> Keys)? _known;
    private (long Began, Task Read)? _reading;

    public async ValueTask<KeyAnswer> FindAsync(string id, CancellationToken cancellation)
    {
        if (await ReadAsync(MaxAge, cancellation) is not { } keys)
        {
            return new KeyAnswer.Unreachable();
        }

        if (keys.TryGetValue(id, out var key))
        {
            return new KeyAnswer.Found(key);
        }

        // It may be newer than what is known here; whether it is cannot be said where the gate cannot be asked.
        return await ReadAsync(BetweenUnknown, cancellation) is not { } newer ? new KeyAnswer.Unreachable()
            : newer.TryGetValue(id, out var next) ? new KeyAnswer.Found(next)
            : new KeyAnswer.Unknown();
    }

    /// <summary>Null where they cannot be had as young as that; those that are known stay, for who puts up with their age.</summary>
    private async ValueTask<FrozenDictionary<string, P256PublicKey>?> ReadAsync(TimeSpan mostAge, CancellationToken cancellation)
    {
        Task read;
        lock (_gate)
        {
            if (Known(mostAge) is { } young)
            {
                return young;
            }

            if (_reading is not var (began, last) || (last.IsCompleted && time.GetElapsedTime(began) >= BetweenReads))
            {
                var now = time.GetTimestamp();
                _reading = (now, Task.Run(() => FetchAsync(now), CancellationToken.None));
            }

            read = _reading.Value.Read;
        }

        await read.WaitAsync(cancellation);
        lock (_gate)
        {
            return Known(mostAge);
        }
    }

    private FrozenDictionary<string, P256PublicKey>? Known(TimeSpan mostAge) => _known is var (began, keys) && time.GetElapsedTime(began) < mostAge ? keys : null;

    private async Task FetchAsync(long began)
    {
        if (await fetch.GetAsync(_address, "application/jwk-set+json", MaxBytes) is Fetched.Body { Bytes: var bytes } && StrictJson.TryParse(bytes, out var set)
            && set.TryGetProperty("keys", out var keys) && keys.ValueKind is JsonValueKind.Array)
        {
            lock (_gate)
            {
                _known = (began, Read(keys));
            }
        }
    }

    // Keys of other kinds may stand among them, and mean nothing here.
    private static FrozenDictionary<string, P256PublicKey> Read(JsonElement keys)
    {
        var read = new Dictionary<string, P256PublicKey>(StringComparer.Ordinal);
        foreach (var jwk in keys.EnumerateArray().Take(MaxKeys))
        {
            if (P256PublicKey.Read(jwk) is { } key && jwk.Text("kid") is { } id)
            {
                read.TryAdd(id, key);
            }
        }

        return read.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
