using System.Text.Json;
using Gating.Access;
using Gating.Functions.Http;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;
using Gating.Revocation;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>Revocations as JSON. A person is the handle that all admins share, a grant the <c>jti</c> by which its app knows it.</summary>
internal sealed class RevocationAnswers(DeskHandles people, AppHandles grants)
{
    public static string PathOf(long id) => $"/v1/revocations/{RecordedRevocation.Text(id)}";

    /// <summary>One of them, with a page of the grants that it reached.</summary>
    public Task WriteAsync(HttpContext context, int status, RecordedRevocation revocation, RevocationStanding standing, OpenGrantPage reached)
    {
        var next = reached.Next is { } seq ? DeskNumber.Text('g', seq) : null;
        PageCursor.Link(context, PathOf(revocation.Id), next);
        return JsonAnswer.WriteAsync(context.Response, status, MediaTypes.Json, (answers: this, revocation, standing, reached, next), static (json, state) =>
        {
            state.answers.Write(json, state.revocation, state.standing);
            json.WriteStartArray("grants"u8);
            foreach (var terms in state.reached.Grants)
            {
                state.answers.Write(json, terms);
            }

            json.WriteEndArray();
            PageCursor.Write(json, state.next);
        }, context.RequestAborted);
    }

    public Task WriteAsync(HttpContext context, RevocationPage page) => PageCursor.WriteAsync(
        context, "/v1/revocations", "revocations", page.Revocations, page.Next is { } id ? RecordedRevocation.Text(id) : null, (json, one) => Write(json, one.Revocation, one.Standing));

    public static Task RefuseAsync(HttpContext context, RevocationRefusal refusal)
    {
        var (status, reason, detail) = refusal switch
        {
            RevocationRefusal.Unknown => (404, "revocation_unknown", "There is no such revocation."),
            RevocationRefusal.PersonUnknown => (404, "person_unknown", "Nothing is recorded of such a person."),
            RevocationRefusal.NotRegistered => (404, "not_registered", "Nothing is registered under that name."),
            RevocationRefusal.OwnIssuer => (409, "own_issuer", "You are an admin by the word of this issuer: stopped by you it could not be opened again."),
            RevocationRefusal.Over => (400, "suspension_over", "The suspension would be over already."),
            RevocationRefusal.TooFarAhead => (400, "too_far_ahead", $"A stop can be ordered {RevocationDesk.MostAhead.TotalDays} days ahead at most."),
            RevocationRefusal.TooMany => (409, "too_many_stops", $"{StreamStops.MaxStanding} stops stand on this person: lift some."),
            RevocationRefusal.KeyTaken => (422, "idempotency_mismatch", "The Idempotency-Key was used for another order."),
            RevocationRefusal.GrantUnknown => (404, "grant_unknown", "No grant goes by that id."),
            RevocationRefusal.GrantOver => (409, "grant_over", "The grant has expired: it opens nothing any more."),
            RevocationRefusal.GrantFinal => (409, "grant_final", "A grant that is revoked stays so: the app asks for another."),
            RevocationRefusal.Busy => (503, "busy", "The record is in heavy use: try again, under the same Idempotency-Key."),
        };
        return Problem.WriteAsync(context, status, reason, detail);
    }

    private void Write(Utf8JsonWriter json, RecordedRevocation revocation, RevocationStanding standing)
    {
        var order = revocation.Order;
        json.WriteString("revocation"u8, RecordedRevocation.Text(revocation.Id));
        json.WriteString("standing"u8, standing switch
        {
            RevocationStanding.Standing => "standing"u8,
            RevocationStanding.Ended => "ended"u8,
            RevocationStanding.Lifted => "lifted"u8,
            RevocationStanding.Waiting => "waiting"u8,
        });
        json.WriteStartObject("subject"u8);
        switch (order.Target)
        {
            case RevocationTarget.OfPerson of:
                json.WriteString("person"u8, people.OfPerson(of.Person));
                break;
            case RevocationTarget.OfGrant grant:
                json.WriteString("grant"u8, grants.OfGrant(grant.App, grant.Person, grant.Seq));
                break;
            case RevocationTarget.OfRegistered registered:
                json.WriteString(registered.Kind.Word(), registered.Name);
                break;
        }

        json.WriteEndObject();
        json.WriteString("reason"u8, order.Reason.Word());
        json.WriteString("text"u8, order.Text);
        if (order.Until is { } until)
        {
            json.WriteString("suspend_until"u8, until);
        }

        if (order.From is { } from)
        {
            json.WriteString("effective_from"u8, from);
        }

        json.WriteString("at"u8, revocation.At);
        json.WriteOfficial("by", revocation.By);
    }

    private void Write(Utf8JsonWriter json, GrantTerms terms)
    {
        json.WriteStartObject();
        json.WriteString("grant"u8, grants.OfGrant(terms.App, terms.Person, terms.Seq));
        json.WriteString("app"u8, terms.App);
        json.WriteString("tool"u8, terms.Resource);
        json.WriteString("issued"u8, terms.IssuedAt);
        json.WriteString("expires"u8, terms.ExpiresAt);
        json.WriteEndObject();
    }
}
