using Gating.Access;
using Gating.Functions.Http;
using Gating.Identity;
using Gating.Registry;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>Who is at the desk: an admin or a regulator, by an identity token as bearer (RFC 6750) from an issuer that the registry trusts for roles.</summary>
internal sealed class RoleCaller(RegistrySource registry, RoleVerifier roles)
{
    private const string Bearer = "Bearer ";

    /// <summary>Null where it was refused; then the answer is written.</summary>
    /// <param name="strong">What is asked for takes strong and recent authentication; where it is missing the answer says what to ask the issuer for (RFC 9470).</param>
    public Task<RoleHolder?> AdminAsync(HttpContext context, bool strong) => CallAsync(context, static holder => holder.IsAdmin, "admin", strong);

    /// <inheritdoc cref="AdminAsync"/>
    public Task<RoleHolder?> RegulatorAsync(HttpContext context, bool strong) => CallAsync(context, static holder => holder.IsRegulator, "regulator", strong);

    /// <inheritdoc cref="AdminAsync"/>
    public Task<RoleHolder?> EitherAsync(HttpContext context) => CallAsync(context, static holder => holder.IsAdmin || holder.IsRegulator, "admin or regulator", strong: false);

    /// <summary>For what turns out to take strong authentication once it is read; null where it is missing, and then the answer is written.</summary>
    public static async Task<RoleHolder?> StrongAsync(HttpContext context, RoleHolder holder)
    {
        if (holder.IsStrong)
        {
            return holder;
        }

        var stepUp = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $", error=\"insufficient_user_authentication\", acr_values=\"{holder.Stronger.AcrValues}\", max_age={(int)holder.Stronger.MaxAge.TotalSeconds}");
        return await RefuseAsync(context, StatusCodes.Status401Unauthorized, stepUp, "authentication_not_strong", "This takes strong authentication that is recent.");
    }

    private async Task<RoleHolder?> CallAsync(HttpContext context, Predicate<RoleHolder> holds, string role, bool strong)
    {
        if (context.Request.Headers.Authorization is not [{ } only] || !only.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return await RefuseAsync(context, StatusCodes.Status401Unauthorized, "", "token_missing", "Send an identity token for the desk as bearer.");
        }

        switch (await roles.VerifyAsync(only[Bearer.Length..], (await registry.GetAsync(context.RequestAborted)).Issuers, context.RequestAborted))
        {
            case RoleOutcome.Refused refused:
                return await RefuseAsync(context, StatusCodes.Status401Unauthorized, ", error=\"invalid_token\"", "token_" + Word(refused.Reason), "The identity token is not accepted.");
            case RoleOutcome.Holds { Holder: var holder } when !holds(holder):
                return await RefuseAsync(context, StatusCodes.Status403Forbidden, ", error=\"insufficient_scope\"", "role_missing", $"This takes the role of {role}.");
            case RoleOutcome.Holds { Holder: var holder }:
                return strong ? await StrongAsync(context, holder) : holder;
            default:
                await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "issuer_unavailable", "The issuer's keys cannot be had.");
                return null;
        }
    }

    private static async Task<RoleHolder?> RefuseAsync(HttpContext context, int status, string challenge, string reason, string detail)
    {
        context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"gating-desk\"{challenge}";
        await Problem.WriteAsync(context, status, reason, detail);
        return null;
    }

    private static string Word(IdentityRefusal reason) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
}
