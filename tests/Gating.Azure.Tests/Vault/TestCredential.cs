using Azure.Core;

namespace Gating.Azure.Tests.Vault;

/// <summary>Has a token for whatever is asked, which says what was asked.</summary>
internal sealed class TestCredential : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new($"for {requestContext.Scopes.Single()}", DateTimeOffset.UtcNow.AddHours(1));

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
}

/// <summary>Nobody: what a machine has that is given no identity.</summary>
internal sealed class NoCredential : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new global::Azure.Identity.CredentialUnavailableException("nobody is here");

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new global::Azure.Identity.CredentialUnavailableException("nobody is here");
}
