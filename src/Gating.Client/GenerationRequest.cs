using Gating.Client.Jose;

namespace Gating.Client;

/// <summary>What a generation is of, in the words of the Labelling Measures.</summary>
public enum GeneratedCategory
{
    Text = 1,
    Voice = 2,
    Face = 3,
    Scene = 4,
    Other = 5,
}

/// <summary>What a moderation of the input said. What it refused is not generated.</summary>
/// <param name="Flagged">It passed, and somebody should look.</param>
/// <param name="Rules">Which rules, 1 to 128 characters.</param>
public sealed record ModerationVerdict(bool Flagged, string Rules);

/// <summary>What the tool is about to do, told before it does: it redeems the grant. The gate checks it.</summary>
public sealed class GenerationRequest
{
    /// <summary>1 to 128 characters, as <see cref="ModelVersion"/> is.</summary>
    public required string Model { get; init; }

    public required string ModelVersion { get; init; }

    public required GeneratedCategory Category { get; init; }

    /// <summary>Files that will be handed in; 1 unless set.</summary>
    public int Outputs { get; init; } = 1;

    /// <summary>Really needed: the rest of the grant's units comes back to the person. Null: all of them.</summary>
    public int? Units { get; init; }

    /// <summary><see cref="GrantRequest.DigestOf"/>, as the other digests here.</summary>
    public string? PromptDigest { get; init; }

    public IReadOnlyList<string> InputDigests { get; init; } = [];

    public string? ParametersDigest { get; init; }

    public ModerationVerdict? Moderation { get; init; }

    public IReadOnlyList<string> ConsentIds { get; init; } = [];

    internal byte[] ToJson() => JsonText.Object(this, static (json, request) =>
    {
        json.WriteString("model"u8, request.Model);
        json.WriteString("model_version"u8, request.ModelVersion);
        json.WriteString("category"u8, Word(request.Category));
        json.WriteNumber("outputs"u8, request.Outputs);
        if (request.Units is { } units)
        {
            json.WriteNumber("units"u8, units);
        }

        json.WriteOptional("prompt_digest", request.PromptDigest);
        json.WriteOptional("input_digests", request.InputDigests);
        json.WriteOptional("parameters_digest", request.ParametersDigest);
        json.WriteOptional("consent_ids", request.ConsentIds);
        if (request.Moderation is { } moderation)
        {
            json.WriteStartObject("moderation"u8);
            json.WriteString("verdict"u8, moderation.Flagged ? "flagged"u8 : "allowed"u8);
            json.WriteString("rules"u8, moderation.Rules);
            json.WriteEndObject();
        }
    });

    private static string Word(GeneratedCategory category) => category switch
    {
        GeneratedCategory.Text => "text",
        GeneratedCategory.Voice => "voice",
        GeneratedCategory.Face => "face",
        GeneratedCategory.Scene => "scene",
        GeneratedCategory.Other => "other",
    };
}
