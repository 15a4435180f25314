using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Gating.Ledger;

namespace Gating.Generations;

/// <summary>The public part of a generation's entry: JSON in a fixed order, ASCII, <c>v</c> first. Hashed as it is: a new member is a new version.</summary>
internal static class GenerationEntries
{
    private const int Version = 1;

    /// <summary>What makes two requests under one grant the same: everything that the app tells.</summary>
    public static string FingerprintOf(GenerationRequest request) => Convert.ToHexStringLower(SHA256.HashData(JsonBytes.OfObject(request, Write)));

    public static byte[] Redeemed(GenerationQuestion question, int units) =>
        JsonBytes.OfObject((question, units), static (json, state) =>
        {
            var (question, units) = state;
            json.WriteNumber("v"u8, Version);
            json.WriteString("app"u8, question.Grant.App);
            json.WriteString("tool"u8, question.Grant.Resource);
            json.WriteNumber("grant"u8, question.Grant.Seq);
            json.WriteString("operation"u8, question.Grant.Operation);
            json.WriteNumber("charged"u8, units);
            json.WriteString("request"u8, question.Fingerprint);
            json.WriteNumber("registry"u8, question.Registry.Version);
            json.WriteStartArray("contents"u8);
            foreach (var content in question.Contents)
            {
                json.WriteStringValue(content.Text);
            }

            json.WriteEndArray();
            Write(json, question.Request);
        });

    /// <summary>Reads back what <see cref="Redeemed"/> wrote; null where the entry is no generation.</summary>
    public static Generation? Read(Entry entry)
    {
        if (entry.Kind is not EntryKind.Redeemed)
        {
            return null;
        }

        using var json = JsonDocument.Parse(entry.Public);
        var root = json.RootElement;
        if (root.GetProperty("v").GetInt32() is not Version and var version)
        {
            throw new UnknownVersionException("generation entry", version);
        }

        return new(
            entry.Stream,
            entry.Seq,
            entry.Time,
            root.GetProperty("app").GetString()!,
            root.GetProperty("tool").GetString()!,
            root.GetProperty("grant").GetInt64(),
            root.GetProperty("charged").GetInt32(),
            root.GetProperty("request").GetString()!,
            [.. root.GetProperty("contents").EnumerateArray().Select(static text => ContentId.TryParse(text.GetString(), out var id) ? id : throw new FormatException("A generation's entry names no content."))]);
    }

    private static void Write(Utf8JsonWriter json, GenerationRequest request)
    {
        json.WriteString("model"u8, request.Model);
        json.WriteString("model_version"u8, request.ModelVersion);
        json.WriteString("category"u8, GenerationReader.Word(request.Category));
        WriteOptional(json, "prompt_digest", request.PromptDigest);
        json.WriteAnyTexts("input_digests", request.InputDigests);
        WriteOptional(json, "parameters_digest", request.ParametersDigest);
        if (request.Moderation is { } moderation)
        {
            json.WriteStartObject("moderation"u8);
            json.WriteString("verdict"u8, moderation.Verdict);
            json.WriteString("rules"u8, moderation.Rules);
            json.WriteEndObject();
        }

        json.WriteAnyTexts("consent_ids", request.ConsentIds);
        if (request.Units is { } units)
        {
            json.WriteNumber("units"u8, units);
        }

        json.WriteNumber("outputs"u8, request.Outputs);
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
