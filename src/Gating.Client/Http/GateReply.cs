namespace Gating.Client.Http;

/// <summary>What one call came to, after all its tries.</summary>
internal abstract record GateReply<T>
{
    private GateReply()
    {
    }

    public sealed record Yes(T Value) : GateReply<T>;

    public sealed record No(Refusal Refusal) : GateReply<T>;

    public sealed record Unknown(Outage Outage) : GateReply<T>;

    public TOutcome Match<TOutcome>(Func<T, TOutcome> yes, Func<Refusal, TOutcome> no, Func<Outage, TOutcome> unknown) => this switch
    {
        Yes(var value) => yes(value),
        No(var refusal) => no(refusal),
        Unknown(var outage) => unknown(outage),
        _ => throw new NotSupportedException(),
    };
}

/// <summary>One logical call.</summary>
/// <param name="Make">The request of one try: proofs and assertions are good once, so that each try has its own. What names the call stays the same.</param>
/// <param name="Read">Reads an answer of success; null where it is not one of the gate's. Takes the answer over where <paramref name="KeepsAnswer"/>.</param>
/// <param name="MayRepeat">The gate answers the same request again the same, and does nothing twice.</param>
internal sealed record GateCall<T>(
    Func<HttpRequestMessage> Make, Func<HttpResponseMessage, CancellationToken, Task<T?>> Read, TimeSpan Deadline, TimeSpan TryTimeout, bool MayRepeat = true, bool KeepsAnswer = false)
    where T : class;
