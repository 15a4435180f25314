using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>One operation as openapi.json describes it.</summary>
internal sealed class ContractOperation
{
    private readonly Regex _path;
    private readonly Dictionary<string, JsonSchema> _request;
    private readonly Dictionary<int, Dictionary<string, JsonSchema>> _answers;

    public ContractOperation(string method, string path, JsonObject described, Contract contract)
    {
        (Method, Path) = (method, path);
        _path = new("^" + Regex.Replace(Regex.Escape(path).Replace("}", "\\}", StringComparison.Ordinal), @"\\\{[A-Za-z0-9]+\\\}", "[^/]+", RegexOptions.None, TimeSpan.FromSeconds(1)) + "$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        _request = Schemas(described["requestBody"]?["content"], contract);
        _answers = described["responses"]!.AsObject().ToDictionary(static answer => OperationBuilder.StatusOf(answer.Key), answer => Schemas(contract.Resolve(answer.Value!)["content"], contract));
        Security = described["security"]!.AsArray();
        Roles = described["x-roles"]?.AsArray().Select(static role => (string)role!).ToArray() ?? [];
    }

    public string Method { get; }

    public string Path { get; }

    public JsonArray Security { get; }

    /// <summary>At the desk, any of them.</summary>
    public IReadOnlyList<string> Roles { get; }

    /// <summary>Parameters in the path: of two that lead, the one with fewer is meant.</summary>
    public int Places => Path.Count(static character => character is '{');

    public bool Leads(string path) => _path.IsMatch(path);

    /// <param name="type">Its media type without parameters; null: there was no body.</param>
    /// <param name="body">Null where it is not looked at.</param>
    public string? FaultOfAnswer(int status, string? type, ReadOnlyMemory<byte>? body)
    {
        if (!_answers.TryGetValue(status, out var content))
        {
            return $"{status} is not described";
        }

        if (type is null)
        {
            return body is { IsEmpty: false } ? $"{status} has a body without a type" : content.Count > 0 && body is not null ? $"{status} has no body, and one is described" : null;
        }

        return !TryGet(content, type, out var schema) ? $"{status} as {type} is not described" : IsJson(type) && body is { } json && Contract.Fault(schema, json.Span) is { } fault ? $"{status}: {fault}" : null;
    }

    public string? FaultOfRequest(string? type, ReadOnlyMemory<byte>? body) =>
        type is null ? null
        : _request.Count == 0 ? body is { IsEmpty: false } ? "a body is not described" : null
        : !TryGet(_request, type, out var schema) ? $"a body of {type} is not described"
        : IsJson(type) && body is { } json && Contract.Fault(schema, json.Span) is { } fault ? $"the request: {fault}" : null;

    public static bool IsJson(string type) => type is "application/json" || type.EndsWith("+json", StringComparison.Ordinal);

    private static bool TryGet(Dictionary<string, JsonSchema> content, string type, out JsonSchema schema) =>
        content.TryGetValue(type, out schema!) || content.TryGetValue(type[..(type.IndexOf('/', StringComparison.Ordinal) + 1)] + "*", out schema!) || content.TryGetValue("*/*", out schema!);

    private static Dictionary<string, JsonSchema> Schemas(JsonNode? content, Contract contract) =>
        (content?.AsObject() ?? []).ToDictionary(static media => media.Key, media => contract.Schema(media.Value!["schema"]!), StringComparer.OrdinalIgnoreCase);
}
