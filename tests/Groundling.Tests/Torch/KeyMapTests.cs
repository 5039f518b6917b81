using Groundling.Torch;

namespace Groundling.Tests.Torch;

public class KeyMapTests
{
    private static readonly KeyMap Map = new(
        ("key", "to_k"),
        ("proj_attn", "to_out.0"),
        ("a.b", "c"),
        ("position_ids", null),
        ("key.weight", "never")
    );

    [Theory]
    [InlineData("mid.attentions.0.key.weight", "mid.attentions.0.to_k.weight")]
    [InlineData("key", "to_k")]
    [InlineData("mid.proj_attn.bias", "mid.to_out.0.bias")]
    [InlineData("x.a.b.y", "x.c.y")]
    [InlineData("x.a.bb", "x.a.bb")]
    [InlineData("mid.keys.weight", "mid.keys.weight")]
    [InlineData("monkey.weight", "monkey.weight")]
    [InlineData("text.embeddings.position_ids", null)]
    [InlineData("position_ids", null)]
    public void Rules_replace_whole_segments_and_the_first_decides(string name, string? expected) => Assert.Equal(expected, Map.Map(name));

    [Fact]
    public void Identity_leaves_all_names() => Assert.Equal("a.b.c", KeyMap.Identity.Map("a.b.c"));
}
