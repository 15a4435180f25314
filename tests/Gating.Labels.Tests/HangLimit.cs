using System.Diagnostics;
using Shouldly;

namespace Gating.Labels.Tests;

/// <summary>What has not ended by then hangs. Nothing measured with it takes a second on a quiet machine; a busy one was seen to stand still for six.</summary>
internal static class HangLimit
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    /// <param name="started">A timestamp of <see cref="Stopwatch"/>.</param>
    public static void ShouldNotHaveHung(this long started, string? what = null) => Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Most, what);
}
