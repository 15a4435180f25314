namespace Gating.Labels.Security;

/// <summary>
/// Makes the security data of a label that is written (ReservedCode1 of the producer, ReservedCode2 of a propagator): a signature over the number that goes into the label and the digest of
/// the file as it was handed in. The labelled file alone does not tell that digest: whoever checks the signature has the digest from the record, or the original. MUST return characters that a
/// label may hold (Annex E j), at most <see cref="Label.MaxValueLength"/>; MUST NOT keep the span.
/// </summary>
/// <param name="number">ProduceID, or PropagateID.</param>
/// <param name="sourceSha256">32 bytes.</param>
public delegate string LabelSignature(string number, ReadOnlySpan<byte> sourceSha256);
