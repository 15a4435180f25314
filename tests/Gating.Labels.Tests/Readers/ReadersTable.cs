using System.Globalization;
using Shouldly;
using Xunit.Abstractions;

namespace Gating.Labels.Tests.Readers;

/// <summary>Counts by format, for people who read the test's output.</summary>
internal sealed class ReadersTable(string first, string second)
{
    private readonly SortedDictionary<string, (int First, int Second)> _rows = new(StringComparer.Ordinal);

    public void Count(string format, bool isFirst, bool isSecond)
    {
        lock (_rows)
        {
            var (one, two) = _rows.GetValueOrDefault(format);
            _rows[format] = (one + (isFirst ? 1 : 0), two + (isSecond ? 1 : 0));
        }
    }

    public bool Has(string format) => _rows.ContainsKey(format);

    /// <summary>Prints it; a comparison of nothing is none.</summary>
    public void ShouldHaveRows(ITestOutputHelper output)
    {
        _rows.ShouldNotBeEmpty();
        output.WriteLine($"{"format",-10} {first}, {second}");
        foreach (var (format, (one, two)) in _rows)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{format,-10} {one,4} {two,4}"));
        }
    }
}
