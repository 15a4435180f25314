using Gating.Client.Tools;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gating.Client.AspNetCore;

/// <summary>Grants as an authentication scheme of ASP.NET Core.</summary>
public static class GatingGrants
{
    /// <summary>The scheme's name unless another is given.</summary>
    public const string Scheme = "GatingGrants";

    /// <summary>Requests come with a grant of one gate for this tool, <c>Bearer</c> or <c>DPoP</c>. Who has a good one is a principal with <c>sub</c>, <c>client_id</c> and <c>jti</c>; the grant is <see cref="GetGrant"/>.</summary>
    public static AuthenticationBuilder AddGatingGrants(this AuthenticationBuilder builder, Action<GatingGrantsOptions> configure) => builder.AddGatingGrants(Scheme, configure);

    /// <summary>The same under a name of the caller's, for a tool that takes grants of several gates. Options that make no sense stop the start.</summary>
    public static AuthenticationBuilder AddGatingGrants(this AuthenticationBuilder builder, string scheme, Action<GatingGrantsOptions> configure)
    {
        builder.AddScheme<GatingGrantsOptions, GatingGrantsHandler>(scheme, configure);

        // After the framework's own, which sets the clock.
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<GatingGrantsOptions>, VerifierOfOptions>());
        builder.Services.AddOptions<GatingGrantsOptions>(scheme).ValidateOnStart();
        return builder;
    }

    /// <summary>The grant under which a request came; null where it came without a good one.</summary>
    public static VerifiedGrant? GetGrant(this HttpContext context) => context.Features.Get<VerifiedGrant>();

    // One verifier for each scheme, for as long as its options live: what it keeps is what makes it fast.
    private sealed class VerifierOfOptions : IPostConfigureOptions<GatingGrantsOptions>
    {
        public void PostConfigure(string? name, GatingGrantsOptions options)
        {
            options.Validate();
#pragma warning disable CA2000 // It lives as long as the process, as the verifier does.
            var http = options.Backchannel ?? new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
#pragma warning restore CA2000
            options.Verifier = new(http, options.ToVerifierOptions(), options.TimeProvider ?? TimeProvider.System);
        }
    }
}
