using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>That what holds answers against openapi.json finds what is wrong with them.</summary>
public sealed class ContractTests
{
    private const string Json = "application/json";

    private static readonly Contract Small = new(JsonNode.Parse("""
        {
          "paths": {
            "/things/{id}": {
              "put": {
                "security": [],
                "requestBody": { "content": { "application/json": { "schema": { "type": "object", "required": ["size"], "additionalProperties": false, "properties": { "size": { "type": "integer" } } } } } },
                "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } }, "204": { "description": "nothing" } }
              }
            },
            "/things/known": { "get": { "security": [], "responses": { "200": { "content": { "text/plain": { "schema": { "type": "string" } } } } } } },
            "/things/{id}:mend": { "post": { "security": [], "responses": { "204": { "description": "done" } } } }
          },
          "components": { "schemas": {
            "Thing": { "type": "object", "required": ["id"], "properties": { "id": { "type": "string" }, "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Part" } } } },
            "Part": { "type": "object", "properties": { "at": { "type": "string", "format": "date-time" } } }
          } }
        }
        """)!.AsObject());

    [Theory]
    [InlineData("PUT", "/things/a", "/things/{id}")]
    [InlineData("GET", "/things/known", "/things/known")]
    [InlineData("POST", "/things/a:mend", "/things/{id}:mend")]
    [InlineData("PUT", "/things/a/b", null)]
    [InlineData("PUT", "/things/..", null)]
    [InlineData("DELETE", "/things/a", null)]
    public void An_operation_is_found_by_its_method_and_path(string method, string path, string? found) => (Small.Find(method, path)?.Path).ShouldBe(found);

    [Theory]
    [InlineData("""{"id":"a"}""", null)]
    [InlineData("""{"id":"a","parts":[{"at":"2026-11-28T22:00:00Z"},{}]}""", null)]
    [InlineData("""{}""", "required")]
    [InlineData("""{"id":1}""", "/id type")]
    [InlineData("""{"id":"a","more":1}""", "/more")]
    [InlineData("""{"id":"a","parts":[{"more":1}]}""", "/parts/0")]
    [InlineData("""{"id":"a","parts":[{"at":"yesterday"}]}""", "/parts/0/at format")]
    [InlineData("""{"id":""", "no JSON")]
    public void An_answer_is_what_its_schema_says_and_has_no_other_member(string body, string? fault) => ShouldSay(Put.FaultOfAnswer(200, Json, Encoding.UTF8.GetBytes(body)), fault);

    [Theory]
    [InlineData(201, Json, "{}", "201 is not described")]
    [InlineData(200, "text/html", "<p>", "200 as text/html is not described")]
    [InlineData(200, null, "", "one is described")]
    [InlineData(204, null, "", null)]
    [InlineData(204, Json, "{}", "204 as application/json is not described")]
    public void So_are_its_status_and_its_type(int status, string? type, string body, string? fault) => ShouldSay(Put.FaultOfAnswer(status, type, Encoding.UTF8.GetBytes(body)), fault);

    [Theory]
    [InlineData(Json, """{"size":1}""", null)]
    [InlineData(Json, """{"size":1,"more":2}""", "the request")]
    [InlineData("text/plain", "x", "a body of text/plain is not described")]
    public void What_was_let_through_is_what_is_said_to_be(string type, string body, string? fault) => ShouldSay(Put.FaultOfRequest(type, Encoding.UTF8.GetBytes(body)), fault);

    private static ContractOperation Put => Small.Find("PUT", "/things/a")!;

    private static void ShouldSay(string? said, string? fault)
    {
        if (fault is null)
        {
            said.ShouldBeNull();
        }
        else
        {
            said.ShouldNotBeNull().ShouldContain(fault);
        }
    }
}
