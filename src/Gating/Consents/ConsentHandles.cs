using Gating.Grants;
using Gating.Ledger;

namespace Gating.Consents;

/// <summary>
/// A consent's id: the same for whoever is given it, since the person depicted hands it on to whoever may use it, in whichever app; it leads to nothing that this person does elsewhere, and two consents of one person cannot be told
/// from those of two.
/// </summary>
public sealed class ConsentHandles(AppHandles handles)
{
    // No app's id has a line break: a handle of an app is none here.
    private const string All = "operator\nconsents";

    public string Of(StreamId depicted, long seq) => handles.OfConsent(All, depicted, seq);

    public bool TryOpen(string id, out (StreamId Person, long Seq) consent) => handles.TryOpenConsent(All, id, out consent);

    /// <summary>Where a page of what a consent was used for ended.</summary>
    public string OfUse(StreamId person, long seq) => handles.OfGrant(All, person, seq);

    public bool TryOpenUse(string cursor, out (StreamId Person, long Seq) use) => handles.TryOpenGrant(All, cursor, out use);
}
