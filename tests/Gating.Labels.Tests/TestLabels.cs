namespace Gating.Labels.Tests;

/// <summary>Labels that tests write.</summary>
internal static class TestLabels
{
    public static readonly ProviderCode Ours = Code("001191110102MACQD9K64010000");
    public static readonly ProviderCode Theirs = Code("001191440300708461136T1XGW3");

    public static LabelContent Content(string id = "0197f3a0-1111-7abc-8def-000000000001", ProviderCode? producer = null) => new(
        Label.Generated(producer ?? Ours, id, """{"SecurityData":"x"}"""), ContentSource.Generated, "Face Studio", "2.1", new(2026, 11, 24, 9, 30, 0, TimeSpan.Zero));

    private static ProviderCode Code(string text) => ProviderCode.TryParse(text, out var code) ? code : throw new ArgumentException("No provider code.", nameof(text));
}
