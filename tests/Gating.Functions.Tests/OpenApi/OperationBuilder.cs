using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>One operation of the document, of what its fragment says (the form of it: CONTRIBUTING, "How is the API's description changed?") and what every such operation has.</summary>
/// <param name="shared">Where answers that all callers of a kind may get are put, once.</param>
internal sealed partial class OperationBuilder(string method, string path, JsonObject described, JsonObject? where, JsonObject shared)
{
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";

    private static readonly FrozenSet<string> Members = ["summary", "about", "caller", "person", "headers", "query", "body", "answers", "refusals", "errors", "admits"];

    private readonly Caller _caller = Caller.Of((string)described["caller"]!);

    public JsonObject Build(string tag)
    {
        if (described.Select(static member => member.Key).Except(Members).FirstOrDefault() is { } unknown)
        {
            throw new InvalidDataException($"{method} {path}: nothing is called {unknown}.");
        }

        var operation = new JsonObject
        {
            ["tags"] = new JsonArray(tag),
            ["summary"] = described["summary"]!.DeepClone(),
            ["description"] = described["about"] is { } about ? $"{((string)about!).TrimEnd()}\n\n{_caller.Sentence}" : _caller.Sentence,
            ["operationId"] = Id(),
            ["security"] = _caller.Security.DeepClone(),
        };
        if (_caller.Roles.Length > 0)
        {
            operation["x-roles"] = new JsonArray([.. _caller.Roles.Select(static role => JsonValue.Create(role))]);
        }

        if (Parameters() is { Count: > 0 } parameters)
        {
            operation["parameters"] = parameters;
        }

        if (described["body"] is JsonObject body)
        {
            operation["requestBody"] = new JsonObject { ["required"] = body["required"]?.DeepClone() ?? true, ["content"] = Content(body) };
            if (body["about"] is { } what)
            {
                operation["requestBody"]!["description"] = what.DeepClone();
            }
        }

        operation["responses"] = Responses();
        return operation;
    }

    private static JsonNode Schema(JsonNode? schema) => schema is JsonValue ? new JsonObject { ["$ref"] = schema.DeepClone() } : schema?.DeepClone() ?? new JsonObject();

    private static JsonObject Content(JsonObject said)
    {
        var types = said["type"] switch { JsonArray several => several.Select(static type => (string)type!), { } one => [(string)one!], null => [Json] };
        var media = new JsonObject { ["schema"] = Schema(said["schema"]) };
        if (said["example"] is { } example)
        {
            media["example"] = example.DeepClone();
        }
        else if (said["examples"] is JsonObject examples)
        {
            media["examples"] = new JsonObject(examples.Select(static one => KeyValuePair.Create(one.Key, (JsonNode?)new JsonObject { ["value"] = one.Value?.DeepClone() })));
        }

        // Of several types the schema is that of the JSON: the others are a file, or a token.
        return new(types.Select(type => KeyValuePair.Create(type, (JsonNode?)(said["type"] is JsonArray && !ContractOperation.IsJson(type) ? new JsonObject { ["schema"] = new JsonObject() } : media.DeepClone()))));
    }

    private static JsonObject Reasons(string schema, IEnumerable<string> words) => new()
    {
        ["schema"] = new JsonObject
        {
            ["allOf"] = new JsonArray(
                new JsonObject { ["$ref"] = schema },
                new JsonObject { ["properties"] = new JsonObject { ["reason"] = new JsonObject { ["enum"] = new JsonArray([.. words.Select(static word => JsonValue.Create(word))]) } } }),
        },
    };

    private static IEnumerable<(int Status, string Word)> Listed(JsonNode? words) => (words?.AsObject() ?? [])
        .SelectMany(static status => status.Value!.AsArray().Select(word => (StatusOf(status.Key), (string)word!)));

    public static int StatusOf(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);

    private string Id() => method + string.Concat(Pieces().Matches(path).Select(static piece => piece.ValueSpan[0] is '{' ? "By" + Capital(piece.Value[1..]) : Capital(piece.Value)));

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    private JsonArray Parameters()
    {
        var parameters = new JsonArray();
        foreach (var name in Names().Matches(path).Select(static match => match.Groups["name"].Value))
        {
            parameters.Add(Parameter(name, "path", where?[name] ?? throw new InvalidDataException($"{path}: nobody says what {name} is.")));
        }

        foreach (var (name, said) in described["query"]?.AsObject() ?? [])
        {
            parameters.Add(Parameter(name, "query", said!));
        }

        foreach (var header in described["headers"]?.AsArray() ?? [])
        {
            // A parameter of the name Accept is ignored (OpenAPI 3.1, 4.8.12.2.1): what is answered to it stands in the responses.
            if (header is JsonObject own)
            {
                parameters.Add(Parameter((string)own["name"]!, "header", own));
            }
            else if ((string)header! is not "Accept")
            {
                parameters.Add(new JsonObject { ["$ref"] = $"#/components/parameters/{(string)header!}" });
            }
        }

        return parameters;
    }

    private static JsonObject Parameter(string name, string place, JsonNode said)
    {
        var (about, schema, required) = said is JsonObject more ? (more["about"], more["schema"], more["required"]) : (said, null, null);
        return new()
        {
            ["name"] = name,
            ["in"] = place,
            ["required"] = place is "path" ? true : required?.DeepClone() ?? false,
            ["description"] = about!.DeepClone(),
            ["schema"] = schema is null ? new JsonObject { ["type"] = "string" } : Schema(schema),
        };
    }

    private JsonObject Responses()
    {
        var isJson = described["body"] is JsonObject body && (body["type"] is null || (string?)(body["type"] as JsonValue) is Json);
        var problems = Listed(described["refusals"]).Concat(_caller.Refusals).Concat(Caller.Everywhere)
            .Concat(described["person"] is not null ? Caller.Person : [])
            .Concat(isJson && (string)described["caller"]! is "app" ? Caller.Json : []).ToLookup(static refusal => refusal.Status, static refusal => refusal.Word);
        var errors = Listed(described["errors"]).Concat(_caller.Errors).Concat(described["admits"] is not null ? Caller.Decision : [])
            .ToLookup(static error => error.Status, static error => error.Word);
        var answers = described["answers"]!.AsObject().ToDictionary(static answer => StatusOf(answer.Key), static answer => answer.Value as JsonObject);

        var responses = new JsonObject();
        foreach (var status in answers.Keys.Concat(problems.Select(static one => one.Key)).Concat(errors.Select(static one => one.Key)).Distinct().Order())
        {
            var response = Response(status, answers.GetValueOrDefault(status), [.. problems[status].Distinct(StringComparer.Ordinal)], [.. errors[status].Distinct(StringComparer.Ordinal)]);
            responses[Text(status)] = IsCommon(status, answers, problems[status].Concat(errors[status])) ? Shared(status, response) : response;
        }

        return responses;
    }

    // What is said of every caller of the kind, and nothing of this operation.
    private bool IsCommon(int status, Dictionary<int, JsonObject?> answers, IEnumerable<string> words) =>
        !answers.ContainsKey(status) && words.ToHashSet(StringComparer.Ordinal).SetEquals(_caller.Refusals.Concat(_caller.Errors).Concat(Caller.Everywhere).Where(refusal => refusal.Status == status).Select(static refusal => refusal.Word));

    private JsonObject Shared(int status, JsonObject response)
    {
        // What nobody of the kind is told but all are has one name.
        var name = Caller.Everywhere.Any(one => one.Status == status) && _caller.Refusals.Concat(_caller.Errors).All(one => one.Status != status) ? $"Any{Text(status)}" : $"{_caller.Name}{Text(status)}";
        shared.TryAdd(name, response);
        return new() { ["$ref"] = $"#/components/responses/{name}" };
    }

    private static JsonObject Response(int status, JsonObject? answer, string[] problems, string[] errors)
    {
        var about = answer?["about"] is { } said ? ((string)said!).TrimEnd() : null;
        var words = string.Join(", ", problems.Concat(errors).Select(static word => $"`{word}`"));
        var response = new JsonObject { ["description"] = about is null ? $"{ReasonPhrases.GetReasonPhrase(status)}: {words}." : words.Length == 0 ? about : $"{about} Or refused: {words}." };
        var headers = new JsonObject((answer?["headers"]?.AsArray() ?? []).Select(static header => header is JsonObject own
            ? KeyValuePair.Create((string)own["name"]!, (JsonNode?)new JsonObject { ["description"] = own["about"]!.DeepClone(), ["schema"] = Schema(own["schema"] ?? new JsonObject { ["type"] = "string" }) })
            : KeyValuePair.Create((string)header!, (JsonNode?)new JsonObject { ["$ref"] = $"#/components/headers/{(string)header!}" })));
        foreach (var name in (string[])(status switch { 401 => ["WWW-Authenticate"], 503 => ["Retry-After"], _ => [] }))
        {
            headers.TryAdd(name, new JsonObject { ["$ref"] = $"#/components/headers/{name}" });
        }

        if (headers.Count > 0)
        {
            response["headers"] = headers;
        }

        var content = answer?["schema"] is null ? [] : Content(answer);
        if (errors.Length > 0)
        {
            content[Json] = Reasons("OAuthError", errors);
        }

        if (problems.Length > 0)
        {
            content[Problem] = Reasons("Problem", problems);
        }

        if (content.Count > 0)
        {
            response["content"] = content;
        }

        return response;
    }

    [GeneratedRegex("{?[A-Za-z0-9]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Pieces();

    [GeneratedRegex("{(?<name>[A-Za-z0-9]+)}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Names();
}
