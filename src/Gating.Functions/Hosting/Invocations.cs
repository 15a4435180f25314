using Gating.Functions.Background;
using Gating.Functions.Http;
using Gating.Messages;
using Microsoft.AspNetCore.Http.Features;

namespace Gating.Functions.Hosting;

/// <summary>
/// <c>POST /{function}</c>: a message or a timer, as the Functions host posts it. Success is <c>{}</c> and never less, since the host waits for ever behind an empty answer; any other status makes it try again. A crash in
/// between leaves the message leased for ten minutes: it is delivered again.
/// </summary>
internal sealed partial class Invocations(Lazy<MessageIntake> intake, Lazy<IEnumerable<ITimedTask>> tasks, TimeProvider time, ILogger<Invocations> logger)
{
    /// <summary>Where the host puts what it has given up on: a message that failed <see cref="MessageIntake.MaxDeliveries"/> times.</summary>
    public const string Poison = "-poison";

    /// <summary>Five minutes before the host's <c>functionTimeout</c>, at which it kills this process with everybody's requests in it.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(25);

    /// <summary>Every function that is not HTTP, with what it does. Who does it is made by the first invocation: a start makes none of them.</summary>
    public IEnumerable<(string Function, RequestDelegate Handler)> All()
    {
        foreach (var queue in QueueNames.All)
        {
            yield return (queue, Guarded((context, cancellation) => TakeAsync(context, queue, isLast: false, cancellation)));
            yield return (queue + Poison, Guarded((context, cancellation) => TakeAsync(context, queue, isLast: true, cancellation)));
        }

        foreach (var name in TimedTaskNames.All)
        {
            yield return (name, Guarded((context, cancellation) => RunAsync(context, name, cancellation)));
        }
    }

    private RequestDelegate Guarded(Func<HttpContext, CancellationToken, Task> handler) => async context =>
    {
        if (FunctionsHost.HasProxied(context.Request))
        {
            Log.Forged(logger);
            await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "not_found", "There is nothing here.");
            return;
        }

        using var late = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        try
        {
            await handler(context, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            await NotYetAsync(context, "It took too long and was stopped.");
        }
    };

    /// <summary>
    /// How often the message came before is not known: the host knows, and its word cannot be told from the message's. So nothing is the last time here. What came too often comes once more from the poison queue: that is
    /// the last time. What an outage wore out is done then, what cannot be done is set aside, whole and with the reason, and while storage is down it stays in that queue.
    /// </summary>
    private async Task TakeAsync(HttpContext context, string queue, bool isLast, CancellationToken cancellation)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = InvocationBody.MaxBytes;
        if (await BoundedBody.ReadAsync(context.Request, InvocationBody.MaxBytes - 1, cancellation) is not { } body || !InvocationBody.TryReadMessage(body, out var message))
        {
            Log.Unreadable(logger, queue);
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "no_message", "There is no message in it.");
            return;
        }

        MessageOutcome? outcome = null;
        try
        {
            outcome = await intake.Value.TakeAsync(queue, message, isLast, cancellation);
        }
        finally
        {
            MessageReport.Write(logger, queue, message, outcome);
        }

        await (outcome is MessageOutcome.NotYet late ? NotYetAsync(context, late.Why) : DoneAsync(context));
    }

    private async Task RunAsync(HttpContext context, string name, CancellationToken cancellation)
    {
        await tasks.Value.Single(task => string.Equals(task.Name, name, StringComparison.Ordinal)).RunAsync(cancellation);
        await DoneAsync(context);
    }

    private static Task DoneAsync(HttpContext context) =>
        JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, 0, static (_, _) => { }, context.RequestAborted);

    private static Task NotYetAsync(HttpContext context, string why) => Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "not_yet", why);

    private static partial class Log
    {
        [LoggerMessage(36, LogLevel.Warning, "Somebody outside asked for a function that only the Functions host may call: refused")]
        public static partial void Forged(ILogger logger);

        [LoggerMessage(37, LogLevel.Error, "The Functions host posted something for queue {Queue} that holds no message")]
        public static partial void Unreadable(ILogger logger, string queue);
    }
}
