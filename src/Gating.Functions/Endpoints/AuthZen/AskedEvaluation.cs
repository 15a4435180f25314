using System.Collections.Immutable;
using System.Text.Json;
using Gating.Admission;
using Gating.Identity.Jose;

namespace Gating.Functions.Endpoints.AuthZen;

/// <summary>How far a list of questions is answered (AuthZEN 1.0, 7.1.2.1).</summary>
internal enum EvaluationsSemantic
{
    ExecuteAll = 1,
    DenyOnFirstDeny = 2,
    PermitOnFirstPermit = 3,
}

/// <summary>One question: may the person of this identity token do this with this tool?</summary>
/// <param name="IdToken">The subject's <c>properties.id_token</c>: who it is is what the token proves, whatever <c>id</c> says.</param>
/// <param name="Resource">The tool's URI, perhaps unknown.</param>
/// <param name="Thumbprint"><c>context.jkt</c>: of the key that the grant would be bound to.</param>
internal sealed record AskedEvaluation(string IdToken, string Resource, MediaDetail Detail, string? Thumbprint);

/// <summary>
/// Reads requests of the Authorization API (AuthZEN 1.0, 6 and 7): what stands on top is the default of every question below. Members that are not known are passed over (its section 5); those that are have to be what they must be.
/// </summary>
internal static class EvaluationReader
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxSize = 128 * 1024;

    public const int MostEvaluations = 50;

    private const int MaxDepth = 8;
    private const int MaxToken = 32 * 1024;
    private const int MaxName = 256;

    /// <summary>One question, or what is wrong with it and where (RFC 6901).</summary>
    public static (AskedEvaluation? Asked, string Problem) ReadOne(ReadOnlyMemory<byte> json)
    {
        if (!StrictJson.TryParseObject(json, MaxDepth, out var document))
        {
            return (null, NotOne);
        }

        using (document)
        {
            return Read(document.RootElement, default, "");
        }
    }

    /// <summary>The questions, each by itself good or not, or what is wrong with all of it. A list that is empty or not there is one question (7.1).</summary>
    public static (ImmutableArray<(AskedEvaluation? Asked, string Problem)>? Asked, EvaluationsSemantic Semantic, bool IsOne, string Problem) ReadMany(ReadOnlyMemory<byte> json)
    {
        if (!StrictJson.TryParseObject(json, MaxDepth, out var document))
        {
            return (null, default, false, NotOne);
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.TryGetProperty("options", out var options) && options.ValueKind is not JsonValueKind.Object)
            {
                return (null, default, false, "/options is not an object.");
            }

            if (SemanticOf(root) is not { } semantic)
            {
                return (null, default, false, "/options/evaluations_semantic is not execute_all, deny_on_first_deny or permit_on_first_permit.");
            }

            if (!root.TryGetProperty("evaluations", out var list) || (list.ValueKind is JsonValueKind.Array && list.GetArrayLength() == 0))
            {
                return ([Read(root, default, "")], semantic, true, "");
            }

            return list.ValueKind is not JsonValueKind.Array || list.GetArrayLength() > MostEvaluations
                ? (null, default, false, $"/evaluations is not a list of at most {MostEvaluations}.")
                : ([.. list.EnumerateArray().Select((item, i) => Read(item, root, $"/evaluations/{i}"))], semantic, false, "");
        }
    }

    private static string NotOne => $"Send one JSON object of at most {MaxSize} bytes, no member twice.";

    private static EvaluationsSemantic? SemanticOf(JsonElement root) =>
        !root.TryGetProperty("options", out var options) || options.ValueKind is not JsonValueKind.Object || !options.TryGetProperty("evaluations_semantic", out var word) ? EvaluationsSemantic.ExecuteAll
        : word.ValueKind is not JsonValueKind.String ? null
        : word.GetString() switch
        {
            "execute_all" => EvaluationsSemantic.ExecuteAll,
            "deny_on_first_deny" => EvaluationsSemantic.DenyOnFirstDeny,
            "permit_on_first_permit" => EvaluationsSemantic.PermitOnFirstPermit,
            _ => null,
        };

    private static (AskedEvaluation? Asked, string Problem) Read(JsonElement item, JsonElement defaults, string at)
    {
        if (item.ValueKind is not JsonValueKind.Object)
        {
            return (null, $"{at} is not an object.");
        }

        var (subject, action, resource, context) = (Object(item, defaults, "subject"), Object(item, defaults, "action"), Object(item, defaults, "resource"), Object(item, defaults, "context"));
        if (Text(subject, "type", MaxName) is null || Text(subject, "id", MaxName) is null || Text(Object(subject, default, "properties"), "id_token", MaxToken) is not { } token)
        {
            return (null, $"{at}/subject has a type, an id, and in its properties the person's id_token.");
        }

        if (Text(action, "name", MediaDetail.MaxWord) is not { } operation)
        {
            return (null, $"{at}/action/name is not 1 to {MediaDetail.MaxWord} characters.");
        }

        if (Text(resource, "type", MaxName) is not "tool" || Text(resource, "id", AdmissionRequest.MaxResource) is not { } tool)
        {
            return (null, $"{at}/resource has the type tool and the tool's URI as id.");
        }

        if (context.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined))
        {
            return (null, $"{at}/context is not an object.");
        }

        foreach (var (name, most) in ((string, int)[])[("input_digest", MaxName), ("moderation_receipt", MediaDetail.MaxReceipt), ("jkt", MaxName)])
        {
            if (context.ValueKind is JsonValueKind.Object && context.TryGetProperty(name, out _) && Text(context, name, most) is null)
            {
                return (null, $"{at}/context/{name} is not 1 to {most} characters.");
            }
        }

        return TryReadContext(context, out var units, out var consents)
            ? (new(token, tool, new(null, operation, units, Text(context, "input_digest", MaxName), consents, Text(context, "moderation_receipt", MediaDetail.MaxReceipt)), Text(context, "jkt", MaxName)), "")
            : (null, $"{at}/context has a units that is no whole number above 0, or consent_ids that are not at most {MediaDetail.MaxConsents} texts.");
    }

    private static bool TryReadContext(JsonElement context, out int units, out ImmutableArray<string> consents)
    {
        (units, consents) = (1, []);
        if (context.ValueKind is not JsonValueKind.Object)
        {
            return true;
        }

        if (context.TryGetProperty("units", out var number) && (number.ValueKind is not JsonValueKind.Number || !number.TryGetInt32(out units) || units < 1))
        {
            return false;
        }

        if (!context.TryGetProperty("consent_ids", out var list))
        {
            return true;
        }

        if (list.ValueKind is not JsonValueKind.Array || list.GetArrayLength() > MediaDetail.MaxConsents || list.EnumerateArray().Any(static id => id.ValueKind is not JsonValueKind.String || id.GetString()!.Length is 0 or > MediaDetail.MaxConsent))
        {
            return false;
        }

        consents = [.. list.EnumerateArray().Select(static id => id.GetString()!)];
        return true;
    }

    private static JsonElement Object(JsonElement item, JsonElement defaults, string name) =>
        item.ValueKind is JsonValueKind.Object && item.TryGetProperty(name, out var own) ? own
        : defaults.ValueKind is JsonValueKind.Object && defaults.TryGetProperty(name, out var shared) ? shared
        : default;

    private static string? Text(JsonElement item, string name, int most) =>
        item.ValueKind is JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text && text.Length <= most ? text : null;
}
