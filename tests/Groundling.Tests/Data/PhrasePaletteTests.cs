using Groundling.Data;

namespace Groundling.Tests.Data;

public class PhrasePaletteTests
{
    [Fact]
    public void Colours_are_all_different_and_never_void()
    {
        var colours = PhrasePalette.Take(5000);
        Assert.Equal(5000, colours.Distinct().Count());
        Assert.DoesNotContain(colours, c => c.PanopticId == 0);
        Assert.Equal(colours.Take(30), PhrasePalette.Take(30));
    }

    [Fact]
    public void The_first_colours_are_far_apart()
    {
        var colours = PhrasePalette.Take(24);
        for (int i = 0; i < colours.Count; i++)
        for (int j = 0; j < i; j++)
        {
            int apart =
                Math.Abs(colours[i].R - colours[j].R) + Math.Abs(colours[i].G - colours[j].G) + Math.Abs(colours[i].B - colours[j].B);
            Assert.True(apart > 50, $"{colours[i]} and {colours[j]}");
        }
    }

    [Fact]
    public void Panoptic_id_is_cocos() => Assert.Equal(3 + 256 * 2 + 65536, new Colour(3, 2, 1).PanopticId);
}
