using Gating.Identity;
using Gating.Labels;
using Gating.Usage;

namespace Gating.Registry.Reading;

/// <summary>The words that stand for enums in registry JSON, and the kinds of rows.</summary>
internal static class RegistryWords
{
    public const string App = "app";
    public const string Tool = "tool";
    public const string Issuer = "issuer";
    public const string Moderator = "moderator";
    public const string Policy = "policy";

    /// <summary>Of stops alone: no row of its own is a key's.</summary>
    public const string Key = "key";

    /// <summary>A stop of an app, a tool, an issuer, a moderator or a key: a row of its own, which no seed writes and none takes away.</summary>
    public const string Stop = "stop";

    /// <summary>There is one policy; its row needs a name all the same.</summary>
    public const string PolicyName = "default";

    public static Choices<RegistryKind> Stoppable { get; } = new(
        (App, RegistryKind.App), (Tool, RegistryKind.Tool), (Issuer, RegistryKind.Issuer), (Moderator, RegistryKind.Moderator), (Key, RegistryKind.Key));

    public static Choices<RegistryStatus> Status { get; } = new(("active", RegistryStatus.Active), ("stopped", RegistryStatus.Stopped));

    public static Choices<AssuranceLevel> Levels { get; } = new(
        ("none", AssuranceLevel.None), ("low", AssuranceLevel.Low), ("substantial", AssuranceLevel.Substantial), ("high", AssuranceLevel.High));

    /// <summary>What an issuer can prove: "none" needs no proof.</summary>
    public static Choices<AssuranceLevel> ProvenLevels { get; } = new(
        ("low", AssuranceLevel.Low), ("substantial", AssuranceLevel.Substantial), ("high", AssuranceLevel.High));

    public static Choices<QuotaScope> ToolScopes { get; } = new(("app_person_tool", QuotaScope.AppPersonTool), ("person_tool", QuotaScope.PersonTool), ("tool", QuotaScope.Tool));

    public static Choices<QuotaScope> AppScopes { get; } = new(("app", QuotaScope.App));

    public static Choices<QuotaScope> PersonScopes { get; } = new(("app_person", QuotaScope.AppPerson), ("person", QuotaScope.Person));

    public static Choices<ContentSource> Sources { get; } = new(("generated", ContentSource.Generated), ("edited", ContentSource.Edited));

    public static Choices<ExplicitDemand> ExplicitDemands { get; } = new(
        ("apps_own", ExplicitDemand.AppsOwn), ("demanded", ExplicitDemand.Demanded), ("applied", ExplicitDemand.Applied));

    public static Choices<CalendarPeriod> Periods { get; } = new(
        ("minute", CalendarPeriod.Minute), ("hour", CalendarPeriod.Hour), ("day", CalendarPeriod.Day), ("month", CalendarPeriod.Month));
}
