namespace Gating.Local;

internal static class PortInUse
{
    public static string Sentence(string port, string name) =>
        $"Port {port} on 127.0.0.1 is in use, so {name} cannot start there; end what uses it or choose another with --port.";
}
