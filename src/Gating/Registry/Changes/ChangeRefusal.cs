namespace Gating.Registry.Changes;

/// <summary>Why the registry is not changed. Stable: callers switch on it.</summary>
public enum ChangeRefusal
{
    /// <summary>There is no change of that id.</summary>
    Unknown = 1,

    /// <summary>Nothing is registered under that name.</summary>
    NotRegistered = 2,

    /// <summary>The item is not, or is not any more, as the change takes it to be.</summary>
    Stale = 3,

    /// <summary>The registry would not be valid with it.</summary>
    Invalid = 4,

    /// <summary>Whoever proposed it does not approve it: that takes another human.</summary>
    SameHuman = 5,

    /// <summary>It was approved or declined before, otherwise than now, or is over.</summary>
    Decided = 6,

    /// <summary>The issuer by whose word the admin is one would not make anybody an admin any more.</summary>
    LocksOut = 7,

    /// <summary>The app has two secrets: one has to go first.</summary>
    SecretsFull = 8,

    /// <summary>The app has no such secret.</summary>
    SecretUnknown = 9,

    /// <summary>Too much is being changed at once: try again.</summary>
    Busy = 10,
}
