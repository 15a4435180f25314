namespace Gating.Labels;

/// <summary>A rule of GB 45438-2025 (or of this library's reading of it) that one label breaks.</summary>
public enum LabelDefect
{
    /// <summary>Not a JSON object of text members.</summary>
    NotAnObject = 1,

    /// <summary>A member is not text.</summary>
    NotText = 2,

    /// <summary>One of the seven members is missing.</summary>
    MemberMissing = 3,

    /// <summary>A member that the standard does not know.</summary>
    MemberUnknown = 4,

    /// <summary>A member stands twice.</summary>
    MemberTwice = 5,

    /// <summary>The members are not in the standard's order.</summary>
    WrongOrder = 6,

    /// <summary>A value holds a character outside Annex E j.</summary>
    WrongCharset = 7,

    /// <summary><c>Label</c> is not <c>"1"</c>, <c>"2"</c> or <c>"3"</c>.</summary>
    UnknownKind = 8,

    /// <summary>A value is longer than <see cref="Label.MaxValueLength"/>.</summary>
    TooLong = 9,

    /// <summary><c>ContentProducer</c> or <c>ProduceID</c> is empty.</summary>
    Empty = 10,

    /// <summary>A code of 27 characters whose form or check character does not hold.</summary>
    BadProviderCode = 11,

    /// <summary>It stands where the guides do not put it, and readers may not look.</summary>
    UnusualPlace = 12,
}
