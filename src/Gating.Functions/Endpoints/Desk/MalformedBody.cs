using System.Collections.Immutable;
using Gating.Functions.Http;
using Gating.Registry;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>A body that is not what was asked for: everything that is wrong with it, each with its place (RFC 6901), as one problem.</summary>
internal static class MalformedBody
{
    public static Task RefuseAsync(HttpContext context, string reason, string title, ImmutableArray<RegistryError> errors) =>
        JsonAnswer.WriteAsync(context.Response, StatusCodes.Status400BadRequest, MediaTypes.Problem, (reason, title, errors), static (json, problem) =>
        {
            json.WriteString("type"u8, $"urn:gating:problem:{problem.reason}");
            json.WriteString("title"u8, problem.title);
            json.WriteNumber("status"u8, StatusCodes.Status400BadRequest);
            json.WriteString("reason"u8, problem.reason);
            json.WriteStartArray("errors"u8);
            foreach (var error in problem.errors)
            {
                json.WriteStartObject();
                json.WriteString("at"u8, error.At);
                json.WriteString("seen"u8, error.Seen);
                json.WriteString("allowed"u8, error.Allowed);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }, context.RequestAborted);
}
