using System.Text.Json;
using Gating.Admission;
using Gating.Functions.Http;
using Gating.Identity;
using Gating.Registry;

namespace Gating.Functions.Endpoints.AuthZen;

/// <summary>
/// <c>POST /access/v1/evaluation</c> and <c>/evaluations</c> (OpenID AuthZEN Authorization API 1.0): what the token endpoint would say now, without doing anything. Whoever would be refused is told so with 200 and the reason; 401 is about the
/// app that asks. A grant comes of <c>/oauth2/token</c> alone.
/// </summary>
internal sealed class EvaluationEndpoint(AppCaller callers, RegistrySource registry, IdentityVerifier identities, AdmissionPreview preview, PublicUrls urls)
{
    private const int MaxRequestId = 128;

    /// <summary>What came of one question. <paramref name="Error"/> is about the token: it would be refused before the rules are asked.</summary>
    private sealed record Answer(PreviewedAdmission? Previewed, TokenError? Error, string? Problem)
    {
        public bool IsPermit => Previewed is { Refusal: null };
    }

    public async Task PostOneAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not var (app, body))
        {
            return;
        }

        var (asked, problem) = EvaluationReader.ReadOne(body);
        if (asked is null)
        {
            await MalformedAsync(context, problem);
            return;
        }

        await WriteAsync(context, await AskAsync(app, asked, context.RequestAborted));
    }

    public async Task PostManyAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not var (app, body))
        {
            return;
        }

        var (asked, semantic, isOne, problem) = EvaluationReader.ReadMany(body);
        if (asked is not { } questions || (isOne && questions[0].Asked is null))
        {
            await MalformedAsync(context, asked is { } one ? one[0].Problem : problem);
            return;
        }

        var answers = new List<Answer>(questions.Length);
        foreach (var (question, malformed) in questions)
        {
            answers.Add(question is null ? new(null, null, malformed) : await AskAsync(app, question, context.RequestAborted));
            if (semantic == (answers[^1].IsPermit ? EvaluationsSemantic.PermitOnFirstPermit : EvaluationsSemantic.DenyOnFirstDeny))
            {
                break;
            }
        }

        await (isOne ? WriteAsync(context, answers[0]) : JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, answers, static (json, answers) =>
        {
            json.WriteStartArray("evaluations"u8);
            foreach (var answer in answers)
            {
                json.WriteStartObject();
                Write(json, answer);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }, context.RequestAborted));
    }

    /// <summary><c>GET /.well-known/authzen-configuration</c> (9).</summary>
    public Task GetConfigurationAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        return JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, urls, static (json, urls) =>
        {
            json.WriteString("policy_decision_point"u8, urls.Issuer);
            json.WriteString("access_evaluation_endpoint"u8, urls.Issuer + "/access/v1/evaluation");
            json.WriteString("access_evaluations_endpoint"u8, urls.Issuer + "/access/v1/evaluations");
        }, context.RequestAborted);
    }

    private async Task<(App App, byte[] Body)?> ReadAsync(HttpContext context)
    {
        // Whoever sends an id gets it back (10.1.3), with refusals too.
        if (context.Request.Headers["X-Request-ID"] is [{ Length: > 0 and <= MaxRequestId } id] && !id.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            context.Response.Headers["X-Request-ID"] = id;
        }

        return await callers.ReadJsonAsync(context, EvaluationReader.MaxSize);
    }

    private async Task<Answer> AskAsync(App app, AskedEvaluation asked, CancellationToken cancellation)
    {
        var outcome = await identities.VerifyAsync(asked.IdToken, app, (await registry.GetAsync(cancellation)).Issuers, cancellation);
        return await outcome.Match(
            async verified => new Answer(await preview.AskAsync(new(app, verified.Identity, asked.Resource, asked.Detail, asked.Thumbprint, null, null, null), cancellation), null, null),
            static refused => Task.FromResult<Answer>(new(null, TokenError.Of(refused.Reason), null)),
            static _ => throw new StorageUnavailableException("The identity provider's keys cannot be had now."));
    }

    private static Task MalformedAsync(HttpContext context, string problem) => Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "evaluation_malformed", problem);

    private static Task WriteAsync(HttpContext context, Answer answer) =>
        JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, answer, static (json, answer) => Write(json, answer), context.RequestAborted);

    private static void Write(Utf8JsonWriter json, Answer answer)
    {
        json.WriteBoolean("decision"u8, answer.IsPermit);
        json.WriteStartObject("context"u8);
        if (answer.Problem is { } problem)
        {
            json.WriteStartObject("error"u8);
            json.WriteNumber("status"u8, StatusCodes.Status400BadRequest);
            json.WriteString("message"u8, problem);
            json.WriteEndObject();
        }
        else if (answer.Error is { } error)
        {
            WriteReason(json, error, null);
        }
        else if (answer.Previewed is { Quotas: var quotas, Refusal: var refusal })
        {
            if (refusal is not null)
            {
                WriteReason(json, TokenError.Of(refusal.Reason), refusal);
            }

            TokenAnswers.WriteStepUp(json, refusal);
            if (quotas.Limits is { } limits)
            {
                json.WriteString("rate_limit"u8, limits);
            }
        }

        json.WriteEndObject();
    }

    // The same words as the token endpoint's.
    private static void WriteReason(Utf8JsonWriter json, TokenError error, Refusal? refusal)
    {
        json.WriteString("reason"u8, error.Reason);
        json.WriteString("error"u8, error.Error);
        json.WriteString("description"u8, error.Description);
        if (refusal?.RetryAfter is { } seconds)
        {
            json.WriteNumber("retry_after"u8, seconds);
        }
    }
}
