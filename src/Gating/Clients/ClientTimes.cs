namespace Gating.Clients;

/// <summary>The clock rules of what clients sign for one request (assertions, DPoP proofs), the same on every instance.</summary>
public static class ClientTimes
{
    /// <summary>The longest life of an assertion (<c>exp - iat</c>) and the greatest age of a proof.</summary>
    public static readonly TimeSpan MaxLife = TimeSpan.FromSeconds(60);

    /// <summary>How far ahead of ours a client's clock may be: what FAPI 2.0 section 5.3.2.1 asks servers to put up with.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromSeconds(10);
}
