using Gating.Admission;
using Gating.Clients;
using Gating.Ledger;

namespace Gating.Functions.Endpoints;

/// <summary>
/// This instance's memory of assertions and proofs, beside the rows of the person's transaction. A request that is sent again under its Idempotency-Key by
/// the same app for the same person is let through to the record, which answers it; anybody else's second use is a replay.
/// </summary>
internal sealed class OneTimeUse(UsedIds used)
{
    public TokenError? Check(OneTimeId? id, in Sender sender, RefusalReason replayed)
    {
        if (id is null)
        {
            return null;
        }

        var resend = sender.IdempotencyKey is { } key
            ? KeyHash.Of("resend", id.Key.ToString(), sender.App, key, sender.Issuer, sender.Subject)
            : default(KeyHash?);
        switch (used.Use(id.Key))
        {
            case UsedIdAnswer.Fresh:
                if (resend is { } remembered)
                {
                    used.Use(remembered);
                }

                return null;
            case UsedIdAnswer.Replayed:
                return resend is { } again && used.Knows(again) ? null : TokenError.Of(replayed);
            case UsedIdAnswer.TooMany:
            default:
                return new(503, "temporarily_unavailable", "too_many_proofs", "Too many one-time proofs are remembered here.");
        }
    }

    public void Spend(OneTimeId? id)
    {
        if (id is not null)
        {
            used.Use(id.Key);
        }
    }
}

/// <summary>Who sends a request: only the very same may send it again.</summary>
internal readonly record struct Sender(string App, string? IdempotencyKey, string Issuer, string Subject);
