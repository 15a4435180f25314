using Gating.Identity.Jose;
using Microsoft.Extensions.Logging;

namespace Gating.Identity.Keys;

/// <summary>The keys of one issuer: the last good set, and the rules for when the provider is asked again.</summary>
internal sealed partial class IssuerKeyCache(
    string issuer, Uri discovery, ProviderDocuments documents, IssuerKeysOptions options, TimeProvider time, ILogger logger)
{
    private readonly Lock gate = new();
    private volatile Snapshot? lastGood;
    private Task<bool>? inFlight;
    private long? lastAttempt;
    private bool lastAttemptFailed;

    public Uri Discovery { get; } = discovery;

    public async ValueTask<KeyAnswer> FindAsync(string? keyId, SigningAlgorithm algorithm, CancellationToken cancellation)
    {
        var current = Usable();
        if (current is null)
        {
            await AskAsync(cancellation);
            current = Usable();
            if (current is null)
            {
                return new(KeyStatus.Unavailable, null);
            }
        }
        else if (time.GetElapsedTime(current.FetchedAt) >= options.RefreshAfter)
        {
            _ = Ask();
        }

        var match = current.Keys.Find(keyId, algorithm, out var key);
        if (match == KeyMatch.Unknown)
        {
            if (!await AskAsync(cancellation))
            {
                return new(KeyStatus.Unavailable, null);
            }

            match = (Usable() ?? current).Keys.Find(keyId, algorithm, out key);
        }

        return match switch
        {
            KeyMatch.Found => new(KeyStatus.Found, key),
            KeyMatch.Unknown => new(KeyStatus.Unknown, null),
            KeyMatch.Unfit => new(KeyStatus.Unfit, null),
            KeyMatch.Ambiguous => new(KeyStatus.Ambiguous, null),
        };
    }

    public async ValueTask<VerificationKey?> FindReplacementAsync(VerificationKey disproved, SigningAlgorithm algorithm, CancellationToken cancellation)
    {
        await AskAsync(cancellation);
        return Usable()?.Keys.Find(disproved.KeyId, algorithm, out var key) == KeyMatch.Found && !ReferenceEquals(key, disproved) ? key : null;
    }

    public async Task WarmAsync(CancellationToken cancellation)
    {
        if (Usable() is null)
        {
            await AskAsync(cancellation);
        }
    }

    private Snapshot? Usable() => lastGood is { } good && time.GetElapsedTime(good.FetchedAt) <= options.LastKnownGood ? good : null;

    /// <summary>True when what is cached is the provider's word of no longer ago than the floor.</summary>
    private Task<bool> AskAsync(CancellationToken cancellation) => Ask().WaitAsync(cancellation);

    // One fetch at a time, all askers share it; none within the floor. Ages count from the start of a fetch, so a set is never thought younger than it is.
    private Task<bool> Ask()
    {
        lock (gate)
        {
            if (inFlight is not null)
            {
                return inFlight;
            }

            var floor = lastAttemptFailed ? options.RetryAfterFailure : options.FetchFloor;
            if (lastAttempt is { } last && time.GetElapsedTime(last) < floor)
            {
                return Task.FromResult(!lastAttemptFailed);
            }

            var started = time.GetTimestamp();
            lastAttempt = started;
            var fetch = Task.Run(() => FetchAsync(started), CancellationToken.None);
            inFlight = fetch;
            return fetch;
        }
    }

    private async Task<bool> FetchAsync(long started)
    {
        var failed = true;
        try
        {
            lastGood = new Snapshot(await documents.FetchKeysAsync(issuer, Discovery), started);
            failed = false;
        }
        catch (ProviderFaultException fault)
        {
            Log.KeysNotFetched(logger, issuer, fault.Fault);
        }
        finally
        {
            lock (gate)
            {
                lastAttemptFailed = failed;
                inFlight = null;
            }
        }

        return !failed;
    }

    private sealed record Snapshot(KeySet Keys, long FetchedAt);

    private static partial class Log
    {
        [LoggerMessage(1201, LogLevel.Warning, "The keys of issuer {Issuer} were not fetched: {Fault}. Cached keys are used while they are young enough.")]
        public static partial void KeysNotFetched(ILogger logger, string issuer, ProviderFault fault);
    }
}
