namespace Gating.Client.Tools;

/// <summary>Whose grants a tool takes, and for what. Checked when a <see cref="GrantVerifier"/> is made of it.</summary>
public sealed class GrantVerifierOptions
{
    /// <summary>The gate's identifier, exactly as grants name it: <c>https://gate.example</c>, without a slash at its end. Its keys and status lists are read from below it. Without TLS only on this machine.</summary>
    public required string Issuer { get; init; }

    /// <summary>The tool's own URI, as the gate's registry has it: what grants for it have as <c>aud</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>Refuses grants that are not bound to a key (RFC 9449).</summary>
    public bool DemandsDpop { get; init; }

    /// <summary>How far the clock here may be off the gate's; 5 s unless set, from 0 to 60 s. A grant is taken that much longer.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A status list is asked for again when it is older than this, and sooner where its <c>ttl</c> says so; from 0 (each time) on. What was revoked is refused that much later at most, and a second.</summary>
    public TimeSpan StatusListMaxAge { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the gate may take to answer; 5 s unless set, more than zero.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Null where there is none.</summary>
    internal string? Problem()
    {
        if (!Uri.TryCreate(Issuer, UriKind.Absolute, out var issuer) || !Addresses.IsSafe(issuer) || issuer.Query.Length > 0 || Issuer.EndsWith('/'))
        {
            return $"{nameof(Issuer)} is no address with TLS (or on this machine) without a slash at its end: '{Issuer}'.";
        }

        if (!Uri.TryCreate(Resource, UriKind.Absolute, out _))
        {
            return $"{nameof(Resource)} is no absolute URI: '{Resource}'.";
        }

        if (ClockSkew < TimeSpan.Zero || ClockSkew > TimeSpan.FromSeconds(60) || StatusListMaxAge < TimeSpan.Zero || FetchTimeout <= TimeSpan.Zero)
        {
            return $"{nameof(ClockSkew)} is from 0 to 60 s, {nameof(StatusListMaxAge)} not below 0, {nameof(FetchTimeout)} more than zero.";
        }

        return null;
    }
}
