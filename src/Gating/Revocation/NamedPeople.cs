using Gating.Access;
using Gating.Archive;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;

namespace Gating.Revocation;

/// <summary>From what an admin calls somebody to the person's ledger. Nothing is claimed: who was never seen stays unknown. Throws <see cref="StorageUnavailableException"/>.</summary>
public sealed class NamedPeople(RegistrySource registry, AppHandles grants, DeskHandles handles, RecordedOutputs outputs, StreamNames names)
{
    /// <summary>Null where it names nobody, or no person.</summary>
    public async Task<StreamId?> FindAsync(RevocationSubject subject, CancellationToken cancellation) => subject switch
    {
        RevocationSubject.OfHandle { Regulator: { } regulator } told => handles.OpenPerson(regulator, told.Handle),
        RevocationSubject.OfHandle told => handles.OpenPerson(told.Handle),
        RevocationSubject.OfHolder holder => (await FindGrantAsync(holder.Grant, cancellation))?.Person,
        RevocationSubject.OfContent output => (await outputs.FindAsync(output.Content, cancellation))?.Person,
        RevocationSubject.OfAccount account => await names.FindPersonAsync(account.Issuer, account.Subject, cancellation),
        RevocationSubject.OfRegistered or RevocationSubject.OfGrant => null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Null where no app's grant goes by that <c>jti</c>.</summary>
    public async Task<(string App, StreamId Person, long Seq)?> FindGrantAsync(string id, CancellationToken cancellation)
    {
        // A jti opens under the key of the app that it was made for alone: that one is looked for.
        foreach (var app in (await registry.GetAsync(cancellation)).Apps.Keys)
        {
            if (grants.TryOpenGrant(app, id, out var grant))
            {
                return (app, grant.Person, grant.Seq);
            }
        }

        return null;
    }
}
