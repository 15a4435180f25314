using System.Collections.Frozen;
using Gating.Registry;

namespace Gating.Clients;

/// <summary>
/// Which app is calling (RFC 6749 section 2.3): by <c>client_secret_basic</c> or <c>private_key_jwt</c>, by exactly one of them, decided on values
/// alone. That an assertion was not presented before is the caller's to establish, with the id in the answer.
/// </summary>
/// <param name="issuer">Our own issuer identifier, the only audience an assertion may name.</param>
public sealed class ClientAuthenticator(string issuer, TimeProvider time)
{
    public ClientOutcome Authenticate(in PresentedCredentials presented, FrozenDictionary<string, App> apps)
    {
        if (presented.Authorization.Count > 1 || presented.ClientId.Count > 1 || presented.ClientSecret.Count > 1
            || presented.AssertionType.Count > 1 || presented.Assertion.Count > 1)
        {
            return Refuse(ClientRefusal.MalformedCredentials);
        }

        var byHeader = presented.Authorization.Count == 1;
        var bySecret = presented.ClientSecret.Count == 1;
        var byAssertion = presented.AssertionType.Count == 1 || presented.Assertion.Count == 1;
        return (byHeader, bySecret, byAssertion) switch
        {
            (true, false, false) => ByHeader(presented, apps),
            (false, false, true) => ByAssertion(presented, apps),
            (false, true, false) => Refuse(ClientRefusal.UnsupportedMethod),
            (false, false, false) => Refuse(ClientRefusal.NoCredentials),
            _ => Refuse(ClientRefusal.SeveralMethods),
        };
    }

    private static ClientOutcome ByHeader(in PresentedCredentials presented, FrozenDictionary<string, App> apps)
    {
        if (BasicCredentials.Read(presented.Authorization.ToString(), out var basic) is { } unreadable)
        {
            return Refuse(unreadable);
        }

        if (!Agrees(presented, basic.ClientId))
        {
            return Refuse(ClientRefusal.ClientIdMismatch);
        }

        // The comparison is made whether or not the client exists, and a stopped client learns of it only with its secret.
        var app = apps.GetValueOrDefault(basic.ClientId);
        var matches = basic.Matches(app);
        return app switch
        {
            null => Refuse(ClientRefusal.UnknownClient),
            _ when !matches => Refuse(ClientRefusal.WrongSecret),
            { Status: RegistryStatus.Active } => new ClientOutcome.Authenticated(app, null, null),
            _ => Refuse(ClientRefusal.ClientStopped),
        };
    }

    private ClientOutcome ByAssertion(in PresentedCredentials presented, FrozenDictionary<string, App> apps)
    {
        if (presented.Assertion.Count == 0 || presented.AssertionType.Count == 0)
        {
            return Refuse(ClientRefusal.MalformedCredentials);
        }

        if (!string.Equals(presented.AssertionType.ToString(), ClientAssertion.Type, StringComparison.Ordinal))
        {
            return Refuse(ClientRefusal.UnsupportedMethod);
        }

        if (ClientAssertion.Check(presented.Assertion.ToString(), issuer, apps, time.GetUtcNow(), out var assertion) is { } refusal)
        {
            return Refuse(refusal);
        }

        if (!Agrees(presented, assertion.App.Id))
        {
            return Refuse(ClientRefusal.ClientIdMismatch);
        }

        return assertion.App.Status == RegistryStatus.Active
            ? new ClientOutcome.Authenticated(assertion.App, assertion.Id, assertion.KeyThumbprint)
            : Refuse(ClientRefusal.ClientStopped);
    }

    private static bool Agrees(in PresentedCredentials presented, string clientId) =>
        presented.ClientId.Count == 0 || string.Equals(presented.ClientId.ToString(), clientId, StringComparison.Ordinal);

    private static ClientOutcome.Refused Refuse(ClientRefusal reason) => new(reason);
}
