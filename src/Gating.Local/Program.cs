namespace Gating.Local;

internal static class Program
{
    private static void Main()
    {
    }
}
