using System.Text;

namespace Gating.Labels.Tests.Samples;

internal static class TextSamples
{
    public static IReadOnlyList<Sample> All { get; } =
    [
        new("plain text", "one line", "A sentence."u8.ToArray()),
        new("plain text", "of Chinese, with a byte order mark and CRLF", Encoding.UTF8.GetBytes("\uFEFF第一行\r\n第二行\r\n")),
        new("plain text", "that talks about generated text", Encoding.UTF8.GetBytes("AI生成的内容应当按照国家有关规定添加标识，服务提供者应当在用户服务协议中明确说明生成合成内容标识的方法、样式等规范内容，并提示用户仔细阅读并理解相关的标识管理要求。\n")),
    ];
}
