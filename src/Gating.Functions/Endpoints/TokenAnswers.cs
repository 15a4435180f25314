using System.Globalization;
using System.Text.Json;
using Gating.Admission;
using Gating.Functions.Http;
using Gating.Identity;

namespace Gating.Functions.Endpoints;

/// <summary>Writes the token endpoint's answers: RFC 6749 5.1 and 5.2, RFC 8693 2.2, with the app's own quotas in the header.</summary>
internal static class TokenAnswers
{
    public static Task GrantAsync(HttpContext context, AdmissionDecision.Granted granted)
    {
        WriteQuotas(context.Response.Headers, granted.Quotas);
        if (granted.Replayed)
        {
            context.Response.Headers["Idempotency-Replayed"] = "true";
        }

        return JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, granted, static (json, granted) =>
        {
            json.WriteString("access_token"u8, granted.Token.Span);
            json.WriteString("issued_token_type"u8, TokenRequest.AccessTokenType);
            json.WriteString("token_type"u8, granted.Terms.KeyThumbprint is null ? "Bearer"u8 : "DPoP"u8);
            json.WriteNumber("expires_in"u8, (long)granted.ExpiresIn.TotalSeconds);
            json.WriteStartArray("authorization_details"u8);
            json.WriteRawValue(granted.Terms.Details.Span, skipInputValidation: true);
            json.WriteEndArray();
        }, context.RequestAborted);
    }

    public static Task RefuseAsync(HttpContext context, AdmissionDecision.Refused refused)
    {
        WriteQuotas(context.Response.Headers, refused.Quotas);
        return WriteAsync(context, TokenError.Of(refused.Refusal.Reason), refused.Refusal);
    }

    public static Task RefuseAsync(HttpContext context, TokenError error) => WriteAsync(context, error, null);

    private static Task WriteAsync(HttpContext context, TokenError error, Refusal? refusal)
    {
        var headers = context.Response.Headers;
        if (refusal?.RetryAfter is { } seconds)
        {
            headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        else if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            headers.RetryAfter = FaultMiddleware.RetrySeconds;
        }

        // RFC 6749 5.2: whoever tried the Authorization field is told the scheme.
        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            headers.WWWAuthenticate = "Basic realm=\"gating\", charset=\"UTF-8\"";
        }

        return JsonAnswer.WriteAsync(context.Response, error.Status, MediaTypes.Json, (error, refusal), static (json, state) =>
        {
            json.WriteString("error"u8, state.error.Error);
            json.WriteString("error_description"u8, state.error.Description);
            json.WriteString("reason"u8, state.error.Reason);
            WriteStepUp(json, state.refusal);
        }, context.RequestAborted);
    }

    // RFC 9470 names what to ask the identity provider for; the level is our own word for what the tool wants.
    public static void WriteStepUp(Utf8JsonWriter json, Refusal? refusal)
    {
        if (refusal?.Wanted is not { } wanted)
        {
            return;
        }

        if (refusal.AcrValues is not null)
        {
            json.WriteString("acr_values"u8, refusal.AcrValues);
        }

        if (wanted.MaxAge is { } age)
        {
            json.WriteNumber("max_age"u8, (long)age.TotalSeconds);
        }

        json.WriteString("assurance_level"u8, Word(wanted.Level));
    }

    private static string Word(AssuranceLevel level) => level switch
    {
        AssuranceLevel.None => "none",
        AssuranceLevel.Low => "low",
        AssuranceLevel.Substantial => "substantial",
        AssuranceLevel.High => "high",
    };

    private static void WriteQuotas(IHeaderDictionary headers, QuotaFields quotas)
    {
        if (quotas.Policy is not null)
        {
            headers["RateLimit-Policy"] = quotas.Policy;
        }

        if (quotas.Limits is not null)
        {
            headers["RateLimit"] = quotas.Limits;
        }

        if (quotas.Legacy is { } legacy)
        {
            headers["X-RateLimit-Limit"] = legacy.Limit.ToString(CultureInfo.InvariantCulture);
            headers["X-RateLimit-Remaining"] = legacy.Remaining.ToString(CultureInfo.InvariantCulture);
            headers["X-RateLimit-Reset"] = legacy.ResetAt.ToString(CultureInfo.InvariantCulture);
        }
    }
}
