namespace Gating.Local.Walk;

/// <summary>A step of the walk did not hold. The message says what was expected and what came.</summary>
internal sealed class StepFailedException(string message, Exception? inner = null) : Exception(message, inner);
