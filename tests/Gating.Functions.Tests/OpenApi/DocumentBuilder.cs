using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Functions.Tests.Infra;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>
/// Makes openapi.json: document.yaml, what is said of operations beside their endpoints (<c>*.openapi.yaml</c>), what the code says of its own refusals, and the definitions of the registry's schema.
/// </summary>
internal sealed class DocumentBuilder
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private readonly JsonObject _document = Yaml.Read(Path.Combine(Source, "OpenApi", "document.yaml"));

    private DocumentBuilder()
    {
    }

    public static string File => Path.Combine(Source, "OpenApi", "openapi.json");

    private static string Root => InfraFolder.Real.Root;

    private static string Source => Path.Combine(Root, "src", "Gating.Functions");

    private JsonObject Paths => _document["paths"]!.AsObject();

    private JsonObject Schemas => _document["components"]!["schemas"]!.AsObject();

    /// <summary>The document's text, the same on every machine.</summary>
    public static string Build()
    {
        var builder = new DocumentBuilder();
        foreach (var file in Directory.GetFiles(Path.Combine(Source, "Endpoints"), "*.openapi.yaml", SearchOption.AllDirectories).OrderBy(Path.GetFileName, StringComparer.Ordinal))
        {
            builder.Add(Yaml.Read(file));
        }

        builder.AddRegistry();
        SchemaNames.Resolve(builder._document);
        return builder._document.ToJsonString(Written) + "\n";
    }

    private void Add(JsonObject fragment)
    {
        var tag = (string)fragment["tag"]!;
        var tags = _document["tags"]!.AsArray();
        if (!tags.Any(known => (string)known!["name"]! == tag))
        {
            tags.Add(new JsonObject { ["name"] = tag, ["description"] = fragment["about"]!.DeepClone() });
        }

        foreach (var (path, item) in fragment["paths"]!.AsObject())
        {
            var operations = new JsonObject();
            foreach (var (method, described) in item!.AsObject().Where(static member => member.Key is not "where"))
            {
                operations[method] = new OperationBuilder(method, path, described!.AsObject(), item["where"]?.AsObject(), _document["components"]!["responses"]!.AsObject()).Build(tag);
            }

            Paths.Add(path, operations);
        }

        foreach (var (name, schema) in fragment["schemas"]?.AsObject() ?? [])
        {
            Schemas.Add(name, schema!.DeepClone());
        }
    }

    // An item of the registry is at the desk what it is in the registry's file.
    private void AddRegistry()
    {
        var registry = JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(Root, "src", "Gating", "Registry", "registry.schema.json")))!;
        var definitions = registry["$defs"]!.AsObject();
        var wanted = new Queue<string>(SchemaNames.OfRegistry(_document));
        while (wanted.TryDequeue(out var name))
        {
            if (!Schemas.ContainsKey(SchemaNames.Registry(name)))
            {
                var definition = definitions[name]!.DeepClone();
                Schemas.Add(SchemaNames.Registry(name), definition);
                foreach (var other in SchemaNames.OfRegistry(definition))
                {
                    wanted.Enqueue(other);
                }
            }
        }
    }
}
