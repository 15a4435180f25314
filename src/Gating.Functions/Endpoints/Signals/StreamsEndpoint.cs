using Gating.Functions.Endpoints.Desk;
using Gating.Functions.Http;
using Gating.Registry;
using Gating.Signals;

namespace Gating.Functions.Endpoints.Signals;

/// <summary>
/// An app's stream of security events (OpenID Shared Signals Framework 1.0): <c>/.well-known/ssf-configuration</c>, <c>/ssf/streams</c> to create, read, update, replace and delete it, <c>/ssf/status</c>, <c>/ssf/verify</c>, <c>/ssf/poll</c>
/// (RFC 8936), and the keys of the events at <c>/ssf/jwks</c>. The app proves itself as everywhere outside of the token endpoint, and sees its own stream alone. Without a key for events there is none of this: 404.
/// </summary>
internal sealed class StreamsEndpoint(AppCaller callers, StreamDesk desk, SignalReader reader, SignalRefusals refusals, StreamAnswers answers, SignalKeySource keys)
{
    // Receivers may keep it as long as grants' verifiers keep theirs.
    private const string Cache = "public, max-age=300";

    public Task GetConfigurationAsync(HttpContext context)
    {
        if (keys.Keys is null)
        {
            return OffAsync(context);
        }

        context.Response.Headers.CacheControl = Cache;
        return answers.WriteConfigurationAsync(context);
    }

    public Task GetKeysAsync(HttpContext context)
    {
        if (keys.Keys is not { } published)
        {
            return OffAsync(context);
        }

        context.Response.Headers.CacheControl = Cache;
        return JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.JwkSet, published, static (json, published) => published.WriteKeys(json), context.RequestAborted);
    }

    public async Task PostAsync(HttpContext context)
    {
        if (await AppAsync(context) is not { } app || await WishAsync(context, app) is not { } wish)
        {
            return;
        }

        await AnswerAsync(context, await desk.CreateAsync(app.Id, wish, context.RequestAborted), StatusCodes.Status201Created);
    }

    public async Task GetAsync(HttpContext context)
    {
        if (await AppAsync(context) is not { } app)
        {
            return;
        }

        var stream = await desk.FindAsync(app.Id, context.RequestAborted);
        if (context.Request.Query["stream_id"] is not [{ } id])
        {
            await answers.WriteAllAsync(context, stream);
        }
        else if (stream is not null && string.Equals(stream.Id, id, StringComparison.Ordinal))
        {
            await answers.WriteAsync(context, StatusCodes.Status200OK, stream);
        }
        else
        {
            await UnknownAsync(context);
        }
    }

    public Task PatchAsync(HttpContext context) => ChangeAsync(context, static (wish, stream) => wish.On(stream));

    public Task PutAsync(HttpContext context) => ChangeAsync(context, static (wish, stream) => wish.Instead(stream));

    public async Task DeleteAsync(HttpContext context)
    {
        if (await AppAsync(context) is not { } app)
        {
            return;
        }

        var outcome = context.Request.Query["stream_id"] is [{ } id] ? await desk.RemoveAsync(app.Id, id, context.RequestAborted) : new StreamOutcome.Unknown();
        if (outcome is StreamOutcome.Done)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await AnswerAsync(context, outcome, StatusCodes.Status204NoContent);
    }

    public async Task GetStatusAsync(HttpContext context)
    {
        if (await AppAsync(context) is not { } app)
        {
            return;
        }

        if (await desk.FindAsync(app.Id, context.RequestAborted) is { } stream && context.Request.Query["stream_id"] is [{ } id] && string.Equals(stream.Id, id, StringComparison.Ordinal))
        {
            await StreamAnswers.WriteStatusAsync(context, stream);
            return;
        }

        await UnknownAsync(context);
    }

    public async Task PostStatusAsync(HttpContext context)
    {
        if (await AppAsync(context) is not { } app)
        {
            return;
        }

        var (wish, errors) = SignalReader.ReadStatus(await BodyAsync(context));
        if (wish is not var (id, status, reason))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "stream_malformed", "This is no status of a stream.", errors);
            return;
        }

        var outcome = await desk.ChangeAsync(app.Id, id, stream => stream with { Status = status, Reason = reason }, context.RequestAborted);
        await (outcome is StreamOutcome.Done done ? StreamAnswers.WriteStatusAsync(context, done.Stream) : AnswerAsync(context, outcome, StatusCodes.Status200OK));
    }

    public async Task PostVerificationAsync(HttpContext context)
    {
        if (await AppAsync(context) is not { } app)
        {
            return;
        }

        var (wish, errors) = SignalReader.ReadVerification(await BodyAsync(context));
        if (wish is not var (id, state))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "stream_malformed", "This asks for no verification.", errors);
            return;
        }

        var outcome = await desk.VerifyAsync(app.Id, id, state, context.RequestAborted);
        if (outcome is StreamOutcome.Done)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await AnswerAsync(context, outcome, StatusCodes.Status204NoContent);
    }

    public async Task PostPollAsync(HttpContext context)
    {
        if (await AppAsync(context) is not { } app)
        {
            return;
        }

        var (request, errors) = SignalReader.ReadPoll(await BodyAsync(context));
        if (request is null)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "poll_malformed", "This is no poll (RFC 8936, section 2.2).", errors);
            return;
        }

        if (await desk.FindAsync(app.Id, context.RequestAborted) is not { Delivery: SignalDelivery.Poll } stream)
        {
            await UnknownAsync(context);
            return;
        }

        await refusals.KeepAsync(app.Id, request.Refused, context.RequestAborted);
        var (events, more) = await desk.PollAsync(stream, request.Settled, request.Most, context.RequestAborted);
        await JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, (events, more, keys.Keys), static (json, state) =>
        {
            json.WriteStartObject("sets"u8);
            foreach (var signal in state.events)
            {
                json.WriteString(signal.Id, state.Keys!.Sign(signal));
            }

            json.WriteEndObject();
            if (state.more)
            {
                json.WriteBoolean("moreAvailable"u8, true);
            }
        }, context.RequestAborted);
    }

    private async Task ChangeAsync(HttpContext context, Func<StreamWish, SignalStream, SignalStream> change)
    {
        if (await AppAsync(context) is not { } app || await WishAsync(context, app) is not { } wish)
        {
            return;
        }

        await AnswerAsync(
            context, wish.StreamId is { } id ? await desk.ChangeAsync(app.Id, id, stream => change(wish, stream), context.RequestAborted) : new StreamOutcome.Unknown(), StatusCodes.Status200OK);
    }

    private async Task<App?> AppAsync(HttpContext context)
    {
        if (keys.Keys is null)
        {
            await OffAsync(context);
            return null;
        }

        return await callers.AuthenticateAsync(context);
    }

    private async Task<StreamWish?> WishAsync(HttpContext context, App app)
    {
        var (wish, errors) = reader.ReadWish(app.Id, await BodyAsync(context));
        if (wish is null)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "stream_malformed", "The stream is not one that can be made.", errors);
        }

        return wish;
    }

    private static async Task<byte[]> BodyAsync(HttpContext context) => await BoundedBody.ReadAsync(context.Request, SignalReader.MaxSize, context.RequestAborted) ?? [];

    private Task AnswerAsync(HttpContext context, StreamOutcome outcome, int status) => outcome switch
    {
        StreamOutcome.Done done => answers.WriteAsync(context, status, done.Stream),
        StreamOutcome.Exists => Problem.WriteAsync(context, StatusCodes.Status409Conflict, "stream_exists", "The app has a stream: change that one."),
        StreamOutcome.Contended => Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "busy", "The stream is being changed at this moment: try again."),
        _ => UnknownAsync(context),
    };

    private static Task UnknownAsync(HttpContext context) => Problem.WriteAsync(context, StatusCodes.Status404NotFound, "stream_unknown", "The app has no such stream.");

    private static Task OffAsync(HttpContext context) => Problem.WriteAsync(context, StatusCodes.Status404NotFound, "signals_off", "This gate has no key for security events.");
}

/// <summary>The key of events, where there is one.</summary>
internal sealed record SignalKeySource(SignalKeys? Keys);
