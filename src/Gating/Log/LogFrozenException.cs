namespace Gating.Log;

/// <summary>
/// What is stored of the log contradicts itself, or what was published before: an older state was restored, or somebody wrote past us. Nothing is signed until an operator has looked;
/// every run meets the same contradiction again, so that no restart forgets it.
/// </summary>
public sealed class LogFrozenException(string what) : Exception($"The log is frozen: {what}.");
