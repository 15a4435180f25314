namespace Gating.Client;

/// <summary>How an app reaches its gate, and who it is there. Checked when a <see cref="GatingApp"/> is made of it.</summary>
public sealed class GatingAppOptions
{
    /// <summary>The gate's public address, an origin: <c>https://gate.example</c>. DPoP proofs and client assertions are made for it, so it must be what the gate calls itself. Without TLS only on this machine.</summary>
    public required Uri Gate { get; init; }

    /// <summary>What the gate's registry calls the app.</summary>
    public required string ClientId { get; init; }

    /// <summary>For <c>client_secret_basic</c> (RFC 6749, 2.3.1). Exactly one of this and <see cref="AssertionKey"/> is set.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>For <c>private_key_jwt</c> (RFC 7523): the secret half stays here.</summary>
    public Es256Key? AssertionKey { get; init; }

    /// <summary>With a key grants are bound to it (RFC 9449) and are of no use to whoever steals one; null for plain bearer grants.</summary>
    public Es256Key? DpopKey { get; init; }

    /// <summary>How long one call may take, all its tries and the waits between them included; 30 s unless set, more than zero. It is not ended early for a <c>Retry-After</c> that lies beyond: then what was said is returned at once.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one try may take until its answer counts as lost; 10 s unless set, more than zero.</summary>
    public TimeSpan TryTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Instead of the two above, for handing in a file; 10 minutes unless set, and so long it is tried where the gate is away. The <see cref="HttpClient"/>'s own timeout (100 s unless set) ends a try as well.</summary>
    public TimeSpan TransferDeadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The gate's identifier: <see cref="Gate"/> without a trailing slash.</summary>
    internal string Issuer => Gate.GetLeftPart(UriPartial.Authority);

    /// <summary>Null where there is none.</summary>
    internal string? Problem()
    {
        if (!Addresses.IsSafeOrigin(Gate))
        {
            return $"{nameof(Gate)} is no origin with TLS (or on this machine): '{Gate}'.";
        }

        if (string.IsNullOrEmpty(ClientId) || (ClientSecret is null) == (AssertionKey is null))
        {
            return $"An app has a {nameof(ClientId)}, and either a {nameof(ClientSecret)} or an {nameof(AssertionKey)}.";
        }

        if (Deadline <= TimeSpan.Zero || TryTimeout <= TimeSpan.Zero || TransferDeadline <= TimeSpan.Zero)
        {
            return $"{nameof(Deadline)}, {nameof(TryTimeout)} and {nameof(TransferDeadline)} are more than zero.";
        }

        return null;
    }
}
