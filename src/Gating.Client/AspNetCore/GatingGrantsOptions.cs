using Gating.Client.Tools;
using Microsoft.AspNetCore.Authentication;

namespace Gating.Client.AspNetCore;

/// <summary>How a tool's requests are authenticated by grants. <see cref="Issuer"/> and <see cref="Resource"/> are set; all of it is as in <see cref="GrantVerifierOptions"/>.</summary>
public sealed class GatingGrantsOptions : AuthenticationSchemeOptions
{
    /// <summary>The gate's identifier: <c>https://gate.example</c>.</summary>
    public string Issuer { get; set; } = string.Empty;

    /// <summary>The tool's own URI, as the gate's registry has it.</summary>
    public string Resource { get; set; } = string.Empty;

    /// <summary>Refuses grants that are not bound to a key.</summary>
    public bool DemandsDpop { get; set; }

    /// <summary>5 s unless set, from 0 to 60 s.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>15 s unless set: how much later than by the gate itself a revoked grant is refused at most.</summary>
    public TimeSpan StatusListMaxAge { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Where clients send requests: an origin, for which DPoP proofs are made. Null: that of <see cref="Resource"/>. A request's own <c>Host</c> is never asked, since its sender chooses it.</summary>
    public Uri? PublicOrigin { get; set; }

    /// <summary>Reads keys and status lists; the caller's. Null: one that is made, and follows no redirects.</summary>
    public HttpClient? Backchannel { get; set; }

    /// <summary>Made of the options above.</summary>
    internal GrantVerifier? Verifier { get; set; }

    internal Uri Origin => PublicOrigin ?? new Uri(new Uri(Resource).GetLeftPart(UriPartial.Authority));

    /// <summary>Throws <see cref="InvalidOperationException"/> where something is wrong.</summary>
    public override void Validate()
    {
        base.Validate();
        if ((ToVerifierOptions().Problem() ?? ProblemOfOrigin()) is { } problem)
        {
            throw new InvalidOperationException(problem);
        }
    }

    private string? ProblemOfOrigin() =>
        PublicOrigin is { } origin ? (origin.IsAbsoluteUri && origin.PathAndQuery is "/" ? null : $"{nameof(PublicOrigin)} is no origin: '{origin}'.")
        : new Uri(Resource).Scheme is "http" or "https" ? null
        : $"{nameof(Resource)} is no web address: set {nameof(PublicOrigin)}.";

    internal GrantVerifierOptions ToVerifierOptions() => new() { Issuer = Issuer, Resource = Resource, DemandsDpop = DemandsDpop, ClockSkew = ClockSkew, StatusListMaxAge = StatusListMaxAge };
}
