using Microsoft.Extensions.Primitives;

namespace Gating.Clients;

/// <summary>Everything in a request by which a client could say who it is, as it came: several values where it was sent several times.</summary>
/// <param name="Authorization">The header fields of that name.</param>
/// <param name="ClientId">Form parameter <c>client_id</c>, and so on.</param>
public readonly record struct PresentedCredentials(
    StringValues Authorization, StringValues ClientId, StringValues ClientSecret, StringValues AssertionType, StringValues Assertion);
