using System.Security.Cryptography;
using Gating.Access;
using Gating.Ledger;
using Gating.Registry;

namespace Gating.Revocation;

/// <summary>Who or what is stopped.</summary>
public abstract record RevocationTarget
{
    private RevocationTarget()
    {
    }

    public sealed record OfPerson(StreamId Person) : RevocationTarget;

    /// <summary>The grant that entry <paramref name="Seq"/> of a person's stream admitted to an app.</summary>
    public sealed record OfGrant(StreamId Person, long Seq, string App) : RevocationTarget;

    /// <summary>An app, a tool, an issuer, a moderator or a key.</summary>
    public sealed record OfRegistered(RegistryKind Kind, string Name) : RevocationTarget;
}

/// <summary>What an admin orders.</summary>
/// <param name="Text">1 to 512 characters. Personal, or names a case: it stands only in sealed parts.</param>
/// <param name="Until">A suspension, which ends by itself; null: until it is lifted. Of people alone.</param>
/// <param name="From">Whole milliseconds: nobody is stopped before that; null: at once. Not of one grant. What has passed when it is ordered holds at once.</param>
public sealed record RevocationOrder(RevocationTarget Target, RevocationReason Reason, string Text, DateTimeOffset? Until, DateTimeOffset? From = null)
{
    /// <summary>SHA-256 over all of it, hexadecimal: what an idempotency key stands for.</summary>
    internal string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(JsonBytes.OfObject(this, static (json, order) => order.Write(json))));

    internal void Write(System.Text.Json.Utf8JsonWriter json)
    {
        switch (Target)
        {
            case RevocationTarget.OfPerson of:
                json.WriteString("person"u8, of.Person.ToString());
                break;
            case RevocationTarget.OfGrant grant:
                json.WriteString("person"u8, grant.Person.ToString());
                json.WriteNumber("grant"u8, grant.Seq);
                json.WriteString("app"u8, grant.App);
                break;
            case RevocationTarget.OfRegistered registered:
                json.WriteString("kind"u8, registered.Kind.Word());
                json.WriteString("name"u8, registered.Name);
                break;
        }

        json.WriteString("reason"u8, Reason.Word());
        json.WriteString("text"u8, Text);
        if (Until is { } until)
        {
            json.WriteNumber("until"u8, until.ToUnixTimeMilliseconds());
        }

        if (From is { } from)
        {
            json.WriteNumber("from"u8, from.ToUnixTimeMilliseconds());
        }
    }
}

/// <summary>How a revocation stands now.</summary>
public enum RevocationStanding
{
    Standing = 1,

    /// <summary>A suspension whose time is over, or a grant that would have expired by now.</summary>
    Ended = 2,
    Lifted = 3,

    /// <summary>Its time is to come.</summary>
    Waiting = 4,
}

/// <summary>A revocation as it was recorded.</summary>
/// <param name="Id">Seq of its entry in the operator's ledger.</param>
/// <param name="Stop">What the person's head, or the registry, calls it.</param>
/// <param name="Place">Seq of the stop, or of the entry that revoked the grant, in the person's ledger; 0 where it stands in none.</param>
public sealed record RecordedRevocation(long Id, DateTimeOffset At, Official By, RevocationOrder Order, KeyHash Stop, long Place)
{
    /// <summary>As people cite it: <c>r</c> and the number.</summary>
    public static string Text(long id) => DeskNumber.Text('r', id);

    /// <summary>Reads what <see cref="Text"/> writes, and nothing else.</summary>
    public static bool TryParse(string? text, out long id) => DeskNumber.TryParse(text, 'r', out id);
}

/// <summary>Why nobody is stopped, or nothing lifted. Stable: callers switch on it.</summary>
public enum RevocationRefusal
{
    /// <summary>There is no such revocation.</summary>
    Unknown = 1,

    /// <summary>Nothing is recorded of that person.</summary>
    PersonUnknown = 2,

    /// <summary>The suspension would be over before it began.</summary>
    Over = 3,

    /// <summary><see cref="StreamStops.MaxStanding"/> stops stand already.</summary>
    TooMany = 4,

    /// <summary>The idempotency key was used for something else.</summary>
    KeyTaken = 5,

    /// <summary>Nothing is registered under that name.</summary>
    NotRegistered = 7,

    /// <summary>The issuer by whose word this admin is one: nobody who depends on it could lift that again.</summary>
    OwnIssuer = 8,

    /// <summary>Too much is being asked of that ledger at once: try again.</summary>
    Busy = 6,

    /// <summary>No grant goes by that id.</summary>
    GrantUnknown = 9,

    /// <summary>The grant has expired: it opens nothing any more.</summary>
    GrantOver = 10,

    /// <summary>A grant that is revoked stays so: the app asks for another.</summary>
    GrantFinal = 11,

    /// <summary>It would begin later than <see cref="RevocationDesk.MostAhead"/> from now.</summary>
    TooFarAhead = 12,
}

/// <summary>How ordering or lifting a revocation ended.</summary>
public abstract record RevocationOutcome
{
    private RevocationOutcome()
    {
    }

    /// <summary>It is as was asked, recorded and announced.</summary>
    /// <param name="Replayed">It was so before.</param>
    public sealed record Done(RecordedRevocation Revocation, RevocationStanding Standing, bool Replayed) : RevocationOutcome
    {
        public override T Match<T>(Func<Done, T> done, Func<Refused, T> refused) => done(this);
    }

    public sealed record Refused(RevocationRefusal Reason) : RevocationOutcome
    {
        public override T Match<T>(Func<Done, T> done, Func<Refused, T> refused) => refused(this);
    }

    /// <summary>By case: a new one does not compile until it is matched here and by every caller.</summary>
    public abstract T Match<T>(Func<Done, T> done, Func<Refused, T> refused);
}
