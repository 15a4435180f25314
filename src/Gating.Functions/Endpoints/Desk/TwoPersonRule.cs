using System.Collections.Frozen;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>
/// Which routes of the desk ask for something that another human has to approve before it takes effect: the one table of them. One admin stops anybody, and undoes it; one cannot decide alone that many are stopped, who is trusted to say who people are or what inputs show, under
/// which conditions a tool is used, how much people may use, or who is told what about whom.
/// </summary>
internal static class TwoPersonRule
{
    public static FrozenSet<string> Routes { get; } = FrozenSet.Create(
        StringComparer.Ordinal,
        "POST /v1/mandates",
        "POST /v1/unmask",
        "POST /v1/bulk-revocations",
        "PUT /v1/tools/{id}",
        "DELETE /v1/tools/{id}",
        "PUT /v1/issuers/{id}",
        "DELETE /v1/issuers/{id}",
        "PUT /v1/moderators/{id}",
        "DELETE /v1/moderators/{id}",
        "PUT /v1/policies/{id}");

    public static bool Holds(HttpContext context) => Routes.Contains($"{context.Request.Method} {((RouteEndpoint)context.GetEndpoint()!).RoutePattern.RawText}");
}
