using System.Buffers;
using System.Text;
using Gating.Client.Jose;

namespace Gating.Client.Tools;

/// <summary>
/// The gate's status lists (Token Status List, 8.3), each kept for its <c>ttl</c> or less and never past its <c>exp</c>. A list that cannot be had, or does not hold, says nothing about any grant: <see cref="GrantOutcome.Unavailable"/>.
/// All who ask for one list at once share one read. Safe for concurrent use.
/// </summary>
internal sealed class StatusLists(BoundedFetch fetch, GateKeys keys, GrantVerifierOptions options, TimeProvider time)
{
    /// <summary>The gate has a list of 8 kB at most for each app, tool, issuer and hour; the one that was read longest ago goes first.</summary>
    private const int MaxLists = 4096;

    /// <summary>Of the token: all of an unpacked list, base64url twice, would not pack at all.</summary>
    private const int MaxCharacters = 2 * StatusBits.MaxBytes;

    /// <summary>A list that could not be had is asked for again no sooner.</summary>
    private static readonly TimeSpan BetweenFailures = TimeSpan.FromSeconds(1);

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    private readonly string _prefix = options.Issuer + "/statuslists/";
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>Null where the grant's place says that it is good.</summary>
    /// <param name="uri">As the grant, whose signature held, names it.</param>
    public async ValueTask<GrantOutcome?> CheckAsync(string uri, long index, CancellationToken cancellation)
    {
        if (!uri.StartsWith(_prefix, StringComparison.Ordinal) || uri.Length == _prefix.Length || uri.AsSpan(_prefix.Length).ContainsAnyExcept(NameCharacters))
        {
            return new GrantOutcome.Invalid(GrantFault.StatusListForeign);
        }

        var (bits, fault) = await ReadAsync(uri).WaitAsync(cancellation);
        return bits is null ? fault : bits.IsValid(index) switch
        {
            true => null,
            false => new GrantOutcome.Invalid(GrantFault.Revoked),
            null => new GrantOutcome.Invalid(GrantFault.StatusBeyondList),
        };
    }

    private Task<ReadList> ReadAsync(string uri)
    {
        lock (_gate)
        {
            if (_kept.TryGetValue(uri, out var kept) && !IsOver(kept))
            {
                return kept.List;
            }

            _kept[uri] = kept = new(time.GetTimestamp(), Task.Run(() => FetchAsync(uri), CancellationToken.None));
            if (_kept.Count > MaxLists)
            {
                _kept.Remove(_kept.MinBy(static one => one.Value.Began).Key);
            }

            return kept.List;
        }
    }

    // Age counts from before the request: the answer may be as old as that.
    private bool IsOver(Kept kept) => kept.List.IsCompleted && time.GetElapsedTime(kept.Began) >= (kept.List.IsCompletedSuccessfully ? kept.List.Result.GoodFor : TimeSpan.Zero);

    private async Task<ReadList> FetchAsync(string uri)
    {
        switch (await fetch.GetAsync(new(uri), "application/statuslist+jwt", MaxCharacters))
        {
            case Fetched.Missing:
                return new(null, new GrantOutcome.Invalid(GrantFault.StatusListMissing), BetweenFailures);
            case Fetched.Body { Bytes: var bytes }:
                return await VerifyAsync(uri, Encoding.ASCII.GetString(bytes));
            default:
                return Doubtful(GrantDoubt.StatusListUnreachable);
        }
    }

    // Token Status List, 5.1 and 8.3.
    private async Task<ReadList> VerifyAsync(string uri, string text)
    {
        if (CompactToken.Parse(text, MaxCharacters) is not { Type: "statuslist+jwt", KeyId: { } id } token)
        {
            return Doubtful(GrantDoubt.StatusListUnreadable);
        }

        var key = await keys.FindAsync(id, CancellationToken.None);
        if (key is KeyAnswer.Unreachable)
        {
            return Doubtful(GrantDoubt.KeysUnreachable);
        }

        var (claims, now) = (token.Payload, time.GetUtcNow());
        return key is KeyAnswer.Found { Key: var found } && token.IsSignedBy(found)
            && string.Equals(claims.Text("sub"), uri, StringComparison.Ordinal)
            && claims.Time("iat") is { } issued && issued - now <= options.ClockSkew
            && claims.Time("exp") is { } expires && expires + options.ClockSkew > now
            && (claims.TryGetProperty("ttl", out _) ? claims.Number("ttl") is > 0 : true)
            && claims.TryGetObject("status_list", out var list) && StatusBits.Read(list) is { } bits
                ? new(bits, null, GoodFor(claims.Number("ttl"), expires - now))
                : Doubtful(GrantDoubt.StatusListUnreadable);
    }

    private TimeSpan GoodFor(long? ttl, TimeSpan left)
    {
        var most = ttl is { } seconds && seconds < left.TotalSeconds ? TimeSpan.FromSeconds(seconds) : left;
        return most < options.StatusListMaxAge ? most : options.StatusListMaxAge;
    }

    private static ReadList Doubtful(GrantDoubt why) => new(null, new GrantOutcome.Unavailable(why), BetweenFailures);

    private sealed record Kept(long Began, Task<ReadList> List);

    /// <param name="Fault">What stands in for a list that is not there.</param>
    private sealed record ReadList(StatusBits? Bits, GrantOutcome? Fault, TimeSpan GoodFor)
    {
        public void Deconstruct(out StatusBits? bits, out GrantOutcome? fault) => (bits, fault) = (Bits, Fault);
    }
}
