using System.Globalization;
using Gating.Functions.Http;
using Gating.Generations;
using Gating.Grants;
using Gating.Registry.Reading;

namespace Gating.Functions.Endpoints;

/// <summary><c>POST /v1/generations</c>, under a grant: redeems it before the tool generates, and fixes the number of each output.</summary>
internal sealed class GenerationsEndpoint(PresentedGrants grants, GrantRedeemer redeemer, AppHandles handles, ClockCheck clock, PublicUrls urls)
{
    private readonly Uri _target = new(urls.Generations);

    public async Task PostAsync(HttpContext context)
    {
        if (!clock.IsAcceptable)
        {
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "clock_off", "The clock here does not agree with storage's.");
            return;
        }

        if (await grants.ReadAsync(context, _target) is not var (grant, proof))
        {
            return;
        }

        if (await BodyAsync(context) is not { } request)
        {
            return;
        }

        var outcome = await redeemer.RedeemAsync(grant, request, proof, context.RequestAborted);
        await outcome.Match(begun => AnswerAsync(context, begun), refused => RefuseAsync(context, refused.Reason, isBound: grant.KeyThumbprint is not null));
    }

    private static async Task<GenerationRequest?> BodyAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            await Problem.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, "json_expected", "Send application/json.");
            return null;
        }

        var body = await BoundedBody.ReadAsync(context.Request, GenerationReader.MaxSize, context.RequestAborted);
        var problem = $"The body has more than {GenerationReader.MaxSize} bytes.";
        if (body is null || GenerationReader.Parse(body, out problem) is not { } request)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "generation_malformed", problem);
            return null;
        }

        return request;
    }

    private Task AnswerAsync(HttpContext context, GenerationOutcome.Begun begun)
    {
        var generation = begun.Generation;
        var id = handles.OfGeneration(generation.App, generation.Person, generation.Seq);
        if (begun.Replayed)
        {
            context.Response.Headers["Idempotency-Replayed"] = "true";
        }

        context.Response.Headers.Location = $"/v1/generations/{id}";
        var status = begun.Replayed ? StatusCodes.Status200OK : StatusCodes.Status201Created;
        return JsonAnswer.WriteAsync(context.Response, status, MediaTypes.Json, (id, generation), static (json, state) =>
        {
            json.WriteString("id"u8, state.id);
            json.WriteString("begun_at"u8, Rfc3339.Text(state.generation.At));
            json.WriteString("open_until"u8, Rfc3339.Text(state.generation.Until));
            json.WriteNumber("units"u8, state.generation.Units);
            json.WriteStartArray("outputs"u8);
            for (var number = 1; number <= state.generation.Contents.Length; number++)
            {
                json.WriteStartObject();
                json.WriteNumber("number"u8, number);
                json.WriteString("content_id"u8, state.generation.Contents[number - 1].Text);
                json.WriteString("upload"u8, string.Create(CultureInfo.InvariantCulture, $"/v1/generations/{state.id}/outputs/{number}"));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("receipt"u8, ReceiptsEndpoint.PathOf(state.id));
        }, context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, GenerationRefusal reason, bool isBound)
    {
        var (status, word, detail) = reason switch
        {
            GenerationRefusal.AppStopped => (403, "app_stopped", "The app is stopped."),
            GenerationRefusal.ToolStopped => (403, "tool_stopped", "The tool is stopped."),
            GenerationRefusal.KeyStopped => (403, "key_stopped", "The key that the grant is bound to is stopped."),
            GenerationRefusal.IssuerStopped => (403, "issuer_stopped", "The issuer of the person's identity is stopped."),
            GenerationRefusal.PersonRevoked => (403, "person_revoked", "The person's access was revoked."),
            GenerationRefusal.PersonSuspended => (403, "person_suspended", "The person's access is suspended."),
            GenerationRefusal.ConsentWithdrawn => (403, "consent_withdrawn", "A consent that the grant was given under was withdrawn, or is over."),
            GenerationRefusal.GrantExpired => (401, "grant_expired", "The grant has expired: ask for a new one."),
            GenerationRefusal.GrantSpent => (409, "grant_spent", "The grant was redeemed for another generation, or released."),
            GenerationRefusal.TooManyUnits => (422, "too_many_units", "More units than the grant carries."),
            GenerationRefusal.ProofReplayed => (401, "proof_replayed", "The DPoP proof was used before."),
            GenerationRefusal.Busy => (503, "busy", "The person's record is in heavy use: try again."),
        };
        if (status == StatusCodes.Status401Unauthorized)
        {
            PresentedGrants.Challenge(context, reason is GenerationRefusal.ProofReplayed ? "invalid_dpop_proof" : "invalid_token", isBound);
        }

        return Problem.WriteAsync(context, status, word, detail);
    }
}
