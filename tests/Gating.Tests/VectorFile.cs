using System.Text.Json;
using Xunit;

namespace Gating.Tests;

/// <summary>Committed vectors: a JSON array in a folder's <c>Vectors</c>, an element a case.</summary>
internal static class VectorFile
{
    public static TheoryData<string> Read(string folder, string file)
    {
        var data = new TheoryData<string>();
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, folder, "Vectors", file)));
        foreach (var vector in json.RootElement.EnumerateArray())
        {
            data.Add(vector.GetRawText());
        }

        return data;
    }
}
