namespace Gating.Labels;

/// <summary>
/// The implicit label of GB 45438-2025 Annex E: seven text members in a fixed order. One that exists is valid: every value keeps to the charset of Annex E j and to
/// <see cref="MaxValueLength"/>. What others wrote, valid or not, is a <see cref="ReadLabel"/>.
/// </summary>
public sealed record Label
{
    /// <summary>Characters in one value. The standard sets no maximum; widely used readers stop at this one.</summary>
    public const int MaxValueLength = 2048;

    private Label(LabelKind kind, string contentProducer, string produceId, string reservedCode1, string contentPropagator, string propagateId, string reservedCode2) =>
        (Kind, ContentProducer, ProduceId, ReservedCode1, ContentPropagator, PropagateId, ReservedCode2) =
        (kind, contentProducer, produceId, reservedCode1, contentPropagator, propagateId, reservedCode2);

    public LabelKind Kind { get; }

    /// <summary>Code (or name) of the service that generated the content.</summary>
    public string ContentProducer { get; }

    /// <summary>The producer's own unique number for this content.</summary>
    public string ProduceId { get; }

    /// <summary>The producer's security data, or empty.</summary>
    public string ReservedCode1 { get; }

    /// <summary>Code (or name) of the service that propagates the content; the producer's own until somebody else does (Annex E, note 1).</summary>
    public string ContentPropagator { get; }

    public string PropagateId { get; }

    public string ReservedCode2 { get; }

    /// <summary>A generating service's first label: it is its own propagator. Throws <see cref="ArgumentException"/> for a value that the standard does not allow.</summary>
    public static Label Generated(ProviderCode producer, string produceId, string reservedCode1 = "")
    {
        Demand(produceId, nameof(produceId), mayBeEmpty: false);
        Demand(reservedCode1, nameof(reservedCode1), mayBeEmpty: true);
        var code = producer.Text;
        return new(LabelKind.Generated, code, produceId, reservedCode1, code, produceId, string.Empty);
    }

    /// <summary>The same content, passed on by somebody else: only the propagator's members change. Throws <see cref="ArgumentException"/> as <see cref="Generated"/> does.</summary>
    public Label PropagatedBy(ProviderCode propagator, string propagateId, string reservedCode2 = "")
    {
        Demand(propagateId, nameof(propagateId), mayBeEmpty: false);
        Demand(reservedCode2, nameof(reservedCode2), mayBeEmpty: true);
        return new(Kind, ContentProducer, ProduceId, ReservedCode1, propagator.Text, propagateId, reservedCode2);
    }

    /// <summary>The same label with other security data of its producer.</summary>
    internal Label SecuredBy(string reservedCode1)
    {
        Demand(reservedCode1, nameof(reservedCode1), mayBeEmpty: true);
        return new(Kind, ContentProducer, ProduceId, reservedCode1, ContentPropagator, PropagateId, ReservedCode2);
    }

    /// <summary>Annex E j: printable ASCII without space and backslash; a quotation mark only behind the backslash that JSON puts there.</summary>
    public static bool IsAllowed(char c) => c is > ' ' and <= '~' and not '\\';

    /// <summary>A label of values that somebody else wrote; null where one of them is not allowed or a member that must not be empty is.</summary>
    internal static Label? Of(LabelKind kind, IReadOnlyList<string> values) =>
        values.All(static value => value.Length <= MaxValueLength && value.All(IsAllowed)) && values[0].Length > 0 && values[1].Length > 0
            ? new(kind, values[0], values[1], values[2], values[3], values[4], values[5])
            : null;

    private static void Demand(string value, string name, bool mayBeEmpty)
    {
        if (value.Length == 0 && !mayBeEmpty)
        {
            throw new ArgumentException("A label's number is not empty.", name);
        }

        if (value.Length > MaxValueLength)
        {
            throw new ArgumentException($"A label's value has at most {MaxValueLength} characters, not {value.Length}.", name);
        }

        var wrong = value.AsSpan().IndexOfAnyExcept(Allowed);
        if (wrong >= 0)
        {
            throw new ArgumentException($"Character {wrong} of a label's value is not one that Annex E j allows.", name);
        }
    }

    private static readonly System.Buffers.SearchValues<char> Allowed =
        System.Buffers.SearchValues.Create([.. Enumerable.Range(0, 128).Select(static c => (char)c).Where(IsAllowed)]);
}
