using Gating.Grants;
using Gating.Ledger;

namespace Gating.Access;

/// <summary>A person as one regulator sees it: an opaque handle, always the same to the same regulator and another to every other, so that two regulators cannot put together what each may know.</summary>
public sealed class DeskHandles(AppHandles handles)
{
    private const string Admins = "operator\nadmins";

    public string OfPerson(Official regulator, StreamId person) => handles.OfPerson(NameOf(regulator), person);

    /// <summary>Opens what <see cref="OfPerson(Official, StreamId)"/> gave that regulator; null for anything else.</summary>
    public StreamId? OpenPerson(Official regulator, string handle) => handles.TryOpenPerson(NameOf(regulator), handle, out var person) ? person : null;

    /// <summary>A person as the operator's admins see it: one handle for all of them.</summary>
    public string OfPerson(StreamId person) => handles.OfPerson(Admins, person);

    /// <summary>Opens what <see cref="OfPerson(StreamId)"/> gave; null for anything else.</summary>
    public StreamId? OpenPerson(string handle) => handles.TryOpenPerson(Admins, handle, out var person) ? person : null;

    // No app's id has a line break: a handle of an app is none here.
    private static string NameOf(Official regulator) => $"regulator\n{regulator.Issuer}\n{regulator.Subject}";
}
