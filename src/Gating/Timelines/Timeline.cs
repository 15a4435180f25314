namespace Gating.Timelines;

/// <summary>Whose timeline it is. Stored: never renumbered.</summary>
public enum TimelineKind
{
    App = 1,
    Tool = 2,

    /// <summary>Of what was admitted or refused under an identity provider. What was made with such a grant leads to it by the grant's number.</summary>
    Issuer = 3,

    /// <summary>Of the grants that name a consent which was found to hold.</summary>
    Consent = 4,
}

/// <summary>Kinds as keys and entries spell them; entries name an app, a tool or an issuer by a member of this name, and consents by a list of them.</summary>
public static class TimelineKinds
{
    public static string Word(this TimelineKind kind) => kind switch
    {
        TimelineKind.App => "app",
        TimelineKind.Tool => "tool",
        TimelineKind.Issuer => "issuer",
        TimelineKind.Consent => "consent",
    };

    public static bool TryParse(string? word, out TimelineKind kind)
    {
        kind = word switch
        {
            "app" => TimelineKind.App,
            "tool" => TimelineKind.Tool,
            "issuer" => TimelineKind.Issuer,
            "consent" => TimelineKind.Consent,
            _ => default,
        };
        return kind != default;
    }
}

/// <summary>All entries that name one app, one tool, one issuer or one consent, in the order of their times: what a question about a span of time is answered from.</summary>
public readonly record struct Timeline
{
    /// <summary>Characters of an id at most, as the registry limits them.</summary>
    public const int MaxId = 256;

    private Timeline(TimelineKind kind, string id) => (Kind, Id) = (kind, id);

    public TimelineKind Kind { get; }

    /// <summary>The app's id, the tool's resource, the issuer's identifier or the consent's id: 1 to 256 printable ASCII characters.</summary>
    public string Id { get; }

    /// <summary>Whether its hours are closed by entries of the operator's ledger, so that an answer can be shown to be complete.</summary>
    public bool IsClosed => Kind is TimelineKind.App or TimelineKind.Tool;

    /// <summary>False where nothing of that id can be registered.</summary>
    public static bool TryCreate(TimelineKind kind, string? id, out Timeline timeline)
    {
        timeline = default;
        if (id is not { Length: > 0 and <= MaxId } || id.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return false;
        }

        timeline = new(kind, id);
        return true;
    }

    public override string ToString() => $"{Kind.Word()} {Id}";
}
