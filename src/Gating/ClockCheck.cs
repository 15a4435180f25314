namespace Gating;

/// <summary>Whether our clock agrees with storage's. Off, nothing is decided: a wrong time in an entry cannot be taken back, nor a file that was removed too early.</summary>
/// <param name="maxSkew">How far from storage's an acceptable clock may be.</param>
public sealed class ClockCheck(Func<bool> isAcceptable, TimeSpan maxSkew)
{
    public TimeSpan MaxSkew { get; } = maxSkew;

    public bool IsAcceptable => isAcceptable();
}
