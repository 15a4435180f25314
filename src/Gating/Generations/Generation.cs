using System.Collections.Immutable;
using Gating.Ledger;

namespace Gating.Generations;

/// <summary>What kind of synthesis it is (Deep Synthesis Provisions Art. 17): which duty to show a conspicuous label applies.</summary>
public enum SynthesisCategory
{
    /// <summary>Text or dialogue that imitates a person.</summary>
    Text = 1,

    /// <summary>A voice that is synthesised, imitated or changed.</summary>
    Voice = 2,

    /// <summary>Faces and persons: generated, swapped, manipulated, postures too.</summary>
    Face = 3,

    /// <summary>Immersive, lifelike scenes.</summary>
    Scene = 4,

    /// <summary>Anything else that Art. 23 lists, enhancing and repairing included.</summary>
    Other = 5,
}

/// <summary>What a moderation of the input came to, under which version of its rules.</summary>
public sealed record Moderation(string Verdict, string Rules);

/// <summary>What an app tells of a generation before it begins. Digests are SHA-256, base64url, 43 characters.</summary>
/// <param name="Units">At most those of the grant; null: all of them.</param>
/// <param name="Outputs">Files that it may hand in, 1 to <see cref="MaxOutputs"/>.</param>
public sealed record GenerationRequest(
    string Model,
    string ModelVersion,
    SynthesisCategory Category,
    string? PromptDigest,
    ImmutableArray<string> InputDigests,
    string? ParametersDigest,
    Moderation? Moderation,
    ImmutableArray<string> ConsentIds,
    int? Units,
    int Outputs)
{
    public const int MaxOutputs = 32;
    public const int MaxInputs = 16;
}

/// <summary>A generation as its entry records it.</summary>
/// <param name="Seq">Of the entry in the person's ledger.</param>
/// <param name="At">When it began: the time in every label of its outputs.</param>
/// <param name="GrantSeq">Of the grant that it redeemed.</param>
/// <param name="Contents">The number of each output, fixed before the tool generates.</param>
public sealed record Generation(
    StreamId Person,
    long Seq,
    DateTimeOffset At,
    string App,
    string Tool,
    long GrantSeq,
    int Units,
    string Fingerprint,
    ImmutableArray<ContentId> Contents)
{
    /// <summary>How long outputs and reports are taken after it began.</summary>
    public static readonly TimeSpan Open = TimeSpan.FromHours(24);

    /// <summary>From this time on nothing more is taken.</summary>
    public DateTimeOffset Until => At + Open;
}
