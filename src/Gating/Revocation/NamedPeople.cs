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
        RevocationSubject.OfGrant grant => OfGrant(grant.Id, await registry.GetAsync(cancellation)),
        RevocationSubject.OfContent output => (await outputs.FindAsync(output.Content, cancellation))?.Person,
        RevocationSubject.OfAccount account => await names.FindPersonAsync(account.Issuer, account.Subject, cancellation),
        RevocationSubject.OfRegistered => null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // A jti opens under the key of the app that it was made for alone: that one is looked for.
    private StreamId? OfGrant(string id, RegistrySnapshot snapshot)
    {
        foreach (var app in snapshot.Apps.Keys)
        {
            if (grants.TryOpenGrant(app, id, out var grant))
            {
                return grant.Person;
            }
        }

        return null;
    }
}
