namespace Gating.Local;

/// <summary>Something on this machine stands in the way. The message is one sentence that a person can act on.</summary>
public sealed class SetupException(string sentence, Exception? inner = null) : Exception(sentence, inner);
