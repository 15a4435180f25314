using System.Globalization;
using Gating.Functions.Http;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>Where a page of a list at the desk begins: <c>?cursor=</c> with the letter of the list and a number, as the answer before gave it.</summary>
internal static class PageCursor
{
    /// <summary>No parameter at all is the first page.</summary>
    public static bool TryRead(HttpContext context, char kind, out long? before)
    {
        before = null;
        if (context.Request.Query.Count == 0)
        {
            return true;
        }

        if (context.Request.Query is not { Count: 1 } query || query["cursor"] is not [[var first, >= '1' and <= '9', ..] text] || first != kind || text.Length > 13
            || !long.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
        {
            return false;
        }

        before = seq;
        return true;
    }

    public static Task RefuseAsync(HttpContext context) =>
        Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "question_malformed", "There is one parameter, cursor, and its value is one that an answer here gave you.");
}
