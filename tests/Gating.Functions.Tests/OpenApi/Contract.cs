using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>
/// What openapi.json says of a request and its answer, held against a real one: the answer's status, media type and body have to be described, a member that is not described is a fault, and a request that was answered
/// with 2xx has to be one that the document allows.
/// </summary>
internal sealed class Contract
{
    private static readonly Lazy<Contract> OfFile = new(static () => new(JsonNode.Parse(File.ReadAllText(DocumentBuilder.File))!.AsObject()));
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };
    private static int _count;

    // References between schemas lead to names under here: the library keeps them in one place for the process.
    private readonly string _base = $"https://contract{Interlocked.Increment(ref _count)}.invalid/";
    private readonly ContractOperation[] _operations;
    private readonly JsonObject? _responses;

    public Contract(JsonObject document)
    {
        _responses = document["components"]!["responses"] as JsonObject;
        foreach (var (name, schema) in document["components"]!["schemas"]!.AsObject())
        {
            SchemaRegistry.Global.Register(Schema(schema!, name));
        }

        _operations = [.. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(method => new ContractOperation(method.Key.ToUpperInvariant(), path.Key, method.Value!.AsObject(), this)))];
    }

    /// <summary>That of the document as it is committed.</summary>
    public static Contract Committed => OfFile.Value;

    public IReadOnlyList<ContractOperation> Operations => _operations;

    /// <summary>Null: nothing of that method and path is described, or the path goes up and leads elsewhere.</summary>
    /// <param name="path">As it was sent, with its escapes.</param>
    public ContractOperation? Find(string method, string path) => path.Split('/').Any(static part => part is "." or "..") ? null : _operations.Where(operation => operation.Method == method && operation.Leads(path)).MinBy(static operation => operation.Places);

    /// <summary>Where it is not what the schema says; null where it is.</summary>
    public static string? Fault(JsonSchema schema, ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var value = JsonDocument.ParseValue(ref reader);
            var result = schema.Evaluate(value.RootElement, Options);
            return result.IsValid ? null : string.Join("; ", result.Details.Where(static detail => detail.HasErrors)
                .SelectMany(static detail => detail.Errors!.Select(error => $"{detail.InstanceLocation} {error.Key}: {error.Value}")).Distinct(StringComparer.Ordinal).Take(6));
        }
        catch (JsonException error)
        {
            return $"no JSON: {error.Message}";
        }
    }

    /// <summary>An answer as it is described, here or once for many.</summary>
    internal JsonNode Resolve(JsonNode answer) => answer["$ref"] is { } reference ? _responses![((string)reference!).Split('/')[^1]]! : answer;

    /// <summary>A schema of the document, closed: of an object that names its members, others are a fault.</summary>
    internal JsonSchema Schema(JsonNode schema, string? name = null)
    {
        var closed = schema.DeepClone();
        Close(closed, isWhole: true);
        if (name is not null)
        {
            closed.AsObject().Insert(0, "$id", _base + name);
        }

        return JsonSchema.FromText(closed.ToJsonString());
    }

    // Of a part of a whole (allOf, if …) the rest is another part's to know; so is a choice within an object that names its members beside it.
    private void Close(JsonNode? node, bool isWhole)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                Close(item, isWhole);
            }
        }

        if (node is not JsonObject json)
        {
            return;
        }

        if (json["$ref"] is JsonValue reference && reference.TryGetValue<string>(out var target))
        {
            json["$ref"] = _base + target[(target.LastIndexOf('/') + 1)..];
        }

        foreach (var (keyword, value) in json)
        {
            if (keyword is "properties" or "patternProperties")
            {
                foreach (var (_, property) in value!.AsObject())
                {
                    Close(property, isWhole: true);
                }
            }
            else if (keyword is not ("example" or "examples" or "const" or "enum" or "default"))
            {
                Close(value, isWhole && keyword is not ("allOf" or "anyOf" or "if" or "then" or "else" or "not") && !(keyword is "oneOf" && json["properties"] is not null));
            }
        }

        if (isWhole && json["properties"] is JsonObject && !json.ContainsKey("additionalProperties") && !json.ContainsKey("unevaluatedProperties"))
        {
            json["unevaluatedProperties"] = false;
        }
    }
}
