using System.Globalization;
using Gating.Grants;
using Gating.Ledger;

namespace Gating.Functions.Endpoints;

/// <summary>Which output a path under <c>/v1/generations/{id}/outputs/{n}</c> is about.</summary>
internal readonly record struct OutputAddress(StreamId Person, long GenerationSeq, int Number)
{
    /// <summary>Null where the path's id is none that this app was given, or its number is none.</summary>
    public static OutputAddress? Read(HttpContext context, AppHandles handles, string app) =>
        handles.TryOpenGeneration(app, (string)context.Request.RouteValues["id"]!, out var generation)
        && int.TryParse((string)context.Request.RouteValues["n"]!, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new(generation.Person, generation.Seq, number)
            : null;
}
