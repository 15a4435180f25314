namespace Gating.Local.Walk;

/// <summary>The names that the seeded registry, the walk and the printed examples share.</summary>
internal static class DemoFacts
{
    /// <summary>The app of the demonstration platform, and the name under which its users sign in at the provider.</summary>
    public const string AppId = "studio";

    public const string Tool = "https://tools.example/face-swap";

    public const string Operation = "face_swap";

    /// <summary>Of no real provider: the subject is made up, its check character right.</summary>
    public const string ProviderCode = "001191110102MACQD9K64010000";

    /// <summary>Units that one person may use of <see cref="Tool"/> in a day.</summary>
    public const int DailyUnits = 3;

    /// <summary>What the app tells of a generation before it begins.</summary>
    public const string Generation = """{"model":"demonstration","model_version":"1","category":"face","outputs":1}""";

    /// <summary>RFC 9396.</summary>
    public const string AuthorizationDetails = $$"""[{"type":"synthetic_media","operation":"{{Operation}}","units":1}]""";
}
