namespace Gating;

/// <summary>Storage did not answer, or its answer was lost: what was asked for may or may not have happened. At the edge: 503 with Retry-After.</summary>
public sealed class StorageUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
