using System.Globalization;

namespace Gating.Benchmarks.Ratios;

/// <summary>One line of the table.</summary>
/// <param name="IsTiming">It rests on time, and is worth nothing where the calibration is not steady.</param>
/// <param name="Note">What it was made of.</param>
internal sealed record Row(string What, string Goal, double Measured, string Unit, bool IsMet, bool IsTiming, string Note)
{
    public static Row AtMost(string what, double goal, Spread measured, string note) =>
        new(what, $"≤ {Number(goal)}x", measured.Median, "x", measured.Median <= goal, IsTiming: true, $"{note}; {Range(measured)}");

    public static Row AtLeast(string what, double goal, Spread measured, string note) =>
        new(what, $"≥ {Number(goal)}x", measured.Median, "x", measured.Median >= goal, IsTiming: true, $"{note}; {Range(measured)}");

    public static string Number(double value) => value.ToString(value >= 100 ? "F0" : value >= 10 ? "F1" : "0.00", CultureInfo.InvariantCulture);

    public string Verdict(bool isSteady) => IsTiming && !isSteady ? "inconclusive" : IsMet ? "met" : "**missed**";

    private static string Range(Spread spread) => $"rounds {Number(spread.Least)} to {Number(spread.Most)}";
}
