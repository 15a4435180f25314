using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gating.Identity;

namespace Gating.Ledger;

/// <summary>Whose stream an identity is.</summary>
public abstract record NamedStream
{
    private NamedStream()
    {
    }

    /// <param name="IsNew">Drawn and claimed just now: nothing can stand in it yet.</param>
    public sealed record Found(StreamId Stream, bool IsNew) : NamedStream;

    /// <summary>
    /// The account and the natural person name two streams: trust in the claim was turned on after both had come into being. Only a
    /// migration by the operator can say which revocations and quotas hold; until then nobody is admitted.
    /// </summary>
    public sealed record Conflict : NamedStream;
}

/// <summary>
/// Finds the stream of a person by the naming rows, kept in memory once seen. A person whose issuer is trusted for a natural-person claim is named by the
/// claim; the account's own name stands beside it as an alias, so that turning the trust on or off meets the same stream.
/// </summary>
public sealed class StreamNames(INameStore store, OperatorKey key)
{
    private const int CachedNames = 16384;

    /// <summary>Kind and id of the operator's one stream.</summary>
    public const string Operator = "operator";

    /// <summary>Kind of the apps' streams.</summary>
    public const string App = "app";

    /// <summary>Kind of the regulators' streams.</summary>
    public const string Regulator = "regulator";

    private readonly MacKey _key = new(key.NamingKey());
    private readonly AgingCache<NameHash, StreamId> _known = new(CachedNames);

    /// <summary>Cold: one read (two with a natural-person claim), and the claims of what is missing. Throws <see cref="StorageUnavailableException"/>.</summary>
    public ValueTask<NamedStream> OfPersonAsync(VerifiedIdentity identity, CancellationToken cancellation)
    {
        var account = AccountName(identity.Issuer, identity.Subject);
        var name = identity.NaturalPerson is null ? account : Name("natural-person", identity.NaturalPerson, identity.Subject, account);
        return _known.TryGet(name, out var known)
            ? new(new NamedStream.Found(known, IsNew: false))
            : new(FindAsync(identity, name, account, cancellation));
    }

    /// <summary>
    /// The person's stream after <paramref name="erased"/> was erased: somebody new's. What still names the erased one, because the erasure broke off or a request beside it named it again, goes first. Throws
    /// <see cref="StorageUnavailableException"/>.
    /// </summary>
    public async Task<NamedStream> AfterErasureAsync(VerifiedIdentity identity, StreamId erased, CancellationToken cancellation)
    {
        await ReleaseAsync(identity.Issuer, identity.Subject, identity.NaturalPerson, erased, cancellation);
        var account = AccountName(identity.Issuer, identity.Subject);
        return await FindAsync(identity, identity.NaturalPerson is null ? account : Name("natural-person", identity.NaturalPerson, identity.Subject, account), account, cancellation);
    }

    /// <summary>Takes the names of that account, and of the natural person where there is one, away from the stream; what names another stays. Repeat it after a failure.</summary>
    public async Task ReleaseAsync(string issuer, string subject, string? naturalPerson, StreamId stream, CancellationToken cancellation)
    {
        // The person's name first: where only the account's is left, a new stream would take its stream for a person's.
        if (naturalPerson is not null)
        {
            await store.ReleaseAsync(Name("natural-person", naturalPerson, string.Empty), stream, cancellation);
        }

        await store.ReleaseAsync(AccountName(issuer, subject), stream, cancellation);
    }

    /// <summary>The stream of a person who was seen under that account before; null where nobody was. One read, and nothing is claimed.</summary>
    public Task<StreamId?> FindPersonAsync(string issuer, string subject, CancellationToken cancellation) => store.FindAsync(AccountName(issuer, subject), cancellation);

    /// <summary>Whose stream an identity is as far as it was seen before; null where it was not. As <see cref="OfPersonAsync"/>, but nothing is claimed and nothing remembered.</summary>
    public async Task<NamedStream?> FindPersonAsync(VerifiedIdentity identity, CancellationToken cancellation)
    {
        var reads = (
            Person: identity.NaturalPerson is null ? Task.FromResult<StreamId?>(null) : store.FindAsync(Name("natural-person", identity.NaturalPerson, string.Empty), cancellation),
            Account: store.FindAsync(AccountName(identity.Issuer, identity.Subject), cancellation));
        await Task.WhenAll(reads.Person, reads.Account);
        var (ofPerson, ofAccount) = (await reads.Person, await reads.Account);
        return (ofPerson ?? ofAccount) is not { } stream ? null
            : ofPerson is not null && ofAccount is not null && ofPerson != ofAccount ? new NamedStream.Conflict()
            : new NamedStream.Found(stream, IsNew: false);
    }

    /// <summary>The stream of an app, a tool, a regulator or the operator; null where it has none yet. Nothing is claimed.</summary>
    public async ValueTask<StreamId?> FindAsync(string kind, string id, CancellationToken cancellation)
    {
        var name = Name(kind, id, string.Empty);
        return _known.TryGet(name, out var stream) ? stream : await store.FindAsync(name, cancellation);
    }

    /// <summary>The stream of an app, a tool, a regulator or the operator; <paramref name="kind"/> keeps them apart.</summary>
    public async ValueTask<StreamId> OfAsync(string kind, string id, CancellationToken cancellation)
    {
        var name = Name(kind, id, string.Empty);
        if (!_known.TryGet(name, out var stream))
        {
            stream = await store.FindAsync(name, cancellation) ?? await store.ClaimAsync(name, StreamId.Create(), CancellationToken.None);
            _known.Set(name, stream);
        }

        return stream;
    }

    private async Task<NamedStream> FindAsync(VerifiedIdentity identity, NameHash cacheName, NameHash account, CancellationToken cancellation)
    {
        var found = identity.NaturalPerson is null
            ? await FindOrClaimAsync(account, cancellation)
            : await FindNaturalPersonAsync(Name("natural-person", identity.NaturalPerson, string.Empty), account, cancellation);
        if (found is NamedStream.Found { Stream: var stream })
        {
            _known.Set(cacheName, stream);
        }

        return found;
    }

    private async Task<NamedStream> FindOrClaimAsync(NameHash name, CancellationToken cancellation)
    {
        if (await store.FindAsync(name, cancellation) is { } known)
        {
            return new NamedStream.Found(known, IsNew: false);
        }

        // A crash after the claim leaves a name for an empty stream: the next request of the same person starts it.
        var drawn = StreamId.Create();
        var winner = await store.ClaimAsync(name, drawn, CancellationToken.None);
        return new NamedStream.Found(winner, winner == drawn);
    }

    private async Task<NamedStream> FindNaturalPersonAsync(NameHash person, NameHash account, CancellationToken cancellation)
    {
        var reads = (Person: store.FindAsync(person, cancellation), Account: store.FindAsync(account, cancellation));
        await Task.WhenAll(reads.Person, reads.Account);
        var (ofPerson, ofAccount) = (await reads.Person, await reads.Account);
        if (ofPerson is { } known && ofAccount == known)
        {
            return new NamedStream.Found(known, IsNew: false);
        }

        // The person's name first: a crash between the two claims leaves an account without its alias, which the next request adds.
        var drawn = ofPerson ?? ofAccount ?? StreamId.Create();
        var winner = ofPerson ?? await store.ClaimAsync(person, drawn, CancellationToken.None);
        var alias = ofAccount ?? await store.ClaimAsync(account, winner, CancellationToken.None);
        return alias == winner
            ? new NamedStream.Found(winner, ofPerson is null && ofAccount is null && winner == drawn)
            : new NamedStream.Conflict();
    }

    private NameHash AccountName(string issuer, string subject) => Name("account", issuer, subject);

    private NameHash Name(string kind, string first, string second, NameHash account = default)
    {
        var size = 12 + Encoding.UTF8.GetByteCount(kind) + Encoding.UTF8.GetByteCount(first) + Encoding.UTF8.GetByteCount(second) + EntryHash.Size;
        var bytes = size <= 1024 ? stackalloc byte[size] : new byte[size];
        var rest = bytes;
        Append(ref rest, kind);
        Append(ref rest, first);
        Append(ref rest, second);
        account.Value.Write(rest);
        Span<byte> mac = stackalloc byte[EntryHash.Size];
        _key.Compute(mac, bytes);
        return new(EntryHash.FromBytes(mac));
    }

    // Length first: no two lists of parts give the same bytes.
    private static void Append(ref Span<byte> rest, string part)
    {
        var written = Encoding.UTF8.GetBytes(part, rest[4..]);
        BinaryPrimitives.WriteInt32BigEndian(rest, written);
        rest = rest[(4 + written)..];
    }
}
