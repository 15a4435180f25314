using System.Security.Cryptography;

namespace Gating.Client.Http;

/// <summary>
/// Tries, and tries again what can be: a lost answer, 5xx, 429 and a 409 that says when to come back. Never past the call's deadline, and never sooner than <c>Retry-After</c>. Safe for concurrent use.
/// </summary>
internal sealed class GateCalls(HttpClient http, TimeProvider time)
{
    /// <summary>Before the second try; twice as long before each after that, up to <see cref="LongestPause"/>.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    public async Task<GateReply<T>> SendAsync<T>(GateCall<T> call, CancellationToken cancellation)
        where T : class
    {
        var started = time.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            // A wait may end a moment late: the last try has a moment at least.
            var left = TimeSpan.FromTicks(Math.Max((call.Deadline - time.GetElapsedTime(started)).Ticks, TimeSpan.TicksPerMillisecond));
            var (reply, after) = await TryAsync(call, left < call.TryTimeout ? left : call.TryTimeout, tries, cancellation);
            if (after is not { } asked || !call.MayRepeat)
            {
                return reply;
            }

            var pause = PauseAfter(tries);
            var wait = asked > pause ? asked : pause;
            if (wait >= call.Deadline - time.GetElapsedTime(started))
            {
                return reply;
            }

            await Task.Delay(wait, time, cancellation);
        }
    }

    /// <summary>The second is null where another try is of no use, else how long it has to wait at least.</summary>
    private async Task<(GateReply<T> Reply, TimeSpan? After)> TryAsync<T>(GateCall<T> call, TimeSpan timeout, int tries, CancellationToken cancellation)
        where T : class
    {
        using var ends = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ends.Token, cancellation);
        HttpResponseMessage? answer = null;

        // Outside: what goes wrong in making it is the caller's, and no try of it.
        using var request = call.Make();
        try
        {
            answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (answer.IsSuccessStatusCode)
            {
                var value = await call.Read(answer, either.Token);
                answer = value is not null && call.KeepsAnswer ? null : answer;
                return value is null ? Lost<T>(Outage.Unreadable, tries) : (new GateReply<T>.Yes(value), null);
            }

            return await RefusedAsync<T>(answer, tries, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Lost<T>(Outage.Timeout, tries);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            return Lost<T>(Outage.Network, tries);
        }
        finally
        {
            answer?.Dispose();
        }
    }

    private async Task<(GateReply<T> Reply, TimeSpan? After)> RefusedAsync<T>(HttpResponseMessage answer, int tries, CancellationToken cancellation)
    {
        var refusal = await RefusalReader.ReadAsync(answer, time.GetUtcNow(), cancellation);
        return refusal.Status switch
        {
            // Waiting is of use only where the gate said for how long: a quota is full until then.
            409 or 429 => (new GateReply<T>.No(refusal), refusal.RetryAfter),
            >= 400 and < 500 => (new GateReply<T>.No(refusal), null),

            // A redirection is not followed to wherever it leads: credentials go to the gate alone.
            < 400 => (new GateReply<T>.Unknown(new(Outage.Unreadable, null, tries)), null),
            _ => (new GateReply<T>.Unknown(new(refusal.Reason is Refusal.Unrecognised ? Outage.Unreadable : refusal.Reason, refusal.RetryAfter, tries)), refusal.RetryAfter ?? TimeSpan.Zero),
        };
    }

    private static (GateReply<T> Reply, TimeSpan? After) Lost<T>(string reason, int tries) => (new GateReply<T>.Unknown(new(reason, null, tries)), TimeSpan.Zero);

    // Somewhere in the upper half, so that those who failed together do not come back together.
    internal static TimeSpan PauseAfter(int tries)
    {
        var most = Math.Min(FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(tries - 1, 16)), LongestPause.TotalMilliseconds);
        return TimeSpan.FromMilliseconds((most / 2) + RandomNumberGenerator.GetInt32((int)(most / 2) + 1));
    }
}
