using System.Text;
using Gating.Admission;
using Gating.Functions.Http;

namespace Gating.Functions.Endpoints;

/// <summary>The parameters of a token exchange (RFC 8693 2.1) that mean something here, checked for form.</summary>
internal sealed record TokenRequest(string SubjectToken, string Resource, MediaDetail Detail)
{
    public const string GrantType = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string IdTokenType = "urn:ietf:params:oauth:token-type:id_token";
    public const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    /// <summary>Null when the request is one; unknown parameters are ignored (RFC 6749 3.2).</summary>
    public static TokenError? Read(FormFields form, out TokenRequest request)
    {
        request = null!;
        if (!Is(form["grant_type"], GrantType))
        {
            return new(400, "unsupported_grant_type", "grant_type_unsupported", $"grant_type must be {GrantType}.");
        }

        if (CheckWhatIsNotOffered(form) is { } refused)
        {
            return refused;
        }

        if (form["subject_token"] is not { } subject || !Is(form["subject_token_type"], IdTokenType))
        {
            return TokenError.Invalid("subject_token_missing", $"subject_token must be an ID token and subject_token_type {IdTokenType}.");
        }

        if (form["resource"] is not { Length: <= AdmissionRequest.MaxResource } resource || !Uri.TryCreate(resource, UriKind.Absolute, out var uri) || uri.Fragment.Length > 0)
        {
            return new(400, "invalid_target", "resource_missing", $"resource must be the tool's absolute URI, of at most {AdmissionRequest.MaxResource} characters.");
        }

        if (form["audience"] is { } audience && !Is(audience, resource))
        {
            return new(400, "invalid_target", "audience_other", "audience, where given, must be the resource.");
        }

        return ReadDetail(form["authorization_details"], subject, resource, out request);
    }

    private static TokenError? ReadDetail(string? json, string subject, string resource, out TokenRequest request)
    {
        request = null!;
        if (json is null)
        {
            return Details("authorization_details is missing");
        }

        if (MediaDetail.Parse(Encoding.UTF8.GetBytes(json), out var problem) is not { } detail)
        {
            return Details(problem);
        }

        if (detail.Tool is { } tool && !Is(tool, resource))
        {
            return Details("authorization_details[0].tool is not the resource");
        }

        request = new(subject, resource, detail);
        return null;
    }

    private static TokenError? CheckWhatIsNotOffered(FormFields form) =>
        form["actor_token"] is not null || form["actor_token_type"] is not null ? TokenError.Invalid("actor_token_unsupported", "Delegation is not offered.")
        : form["requested_token_type"] is { } type && !Is(type, AccessTokenType) ? TokenError.Invalid("requested_token_type_unsupported", $"Only {AccessTokenType} is issued.")
        : form["scope"] is not null ? new TokenError(400, "invalid_scope", "scope_unsupported", "Grants have no scopes: say what is wanted in authorization_details.")
        : null;

    private static TokenError Details(string problem) => new(400, "invalid_authorization_details", "authorization_details_invalid", problem + ".");

    private static bool Is(string? value, string expected) => string.Equals(value, expected, StringComparison.Ordinal);
}
