using Groundling.Data;
using Groundling.Rendering;

namespace Groundling.Tests.Data;

public class OverlayRendererTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(32, 32)]
    [InlineData(1, 5000)]
    [InlineData(5000, 1)]
    [InlineData(640, 427)]
    [InlineData(5200, 3900)]
    public void Any_size_gives_a_figure_of_bounded_size(int width, int height)
    {
        var box = new Box(0, 0, (width + 1) / 2, (height + 1) / 2);
        var figure = OverlayRenderer.Render(
            Groundings.Make(width, height, ("a dog", 0.9, box), ("the sky", 0.5, new Box(0, 0, width, height)))
        );
        int longer = Math.Max(figure.Width, figure.Height);
        Assert.InRange(longer, 800, OverlayRenderer.LongestSide);
        Assert.InRange(Math.Min(figure.Width, figure.Height), 90, OverlayRenderer.LongestSide);
        Assert.True(Share(figure, PhrasePalette.Take(1)[0]) > 0, "the first phrase's colour is not to be seen");
    }

    [Fact]
    public void Every_phrase_of_200_is_named_in_its_colour()
    {
        var phrases = Enumerable
            .Range(0, 200)
            .Select(i => ($"phrase number {i}", i / 200.0, new Box(i % 20 * 20, i / 20 * 20, 15, 15)))
            .ToArray();
        var figure = OverlayRenderer.Render(Groundings.Make(400, 200, phrases));
        Assert.True(Math.Max(figure.Width, figure.Height) <= OverlayRenderer.LongestSide);
        Assert.All(PhrasePalette.Take(200), colour => Assert.True(Count(figure, colour) > 50, $"{colour}"));
    }

    [Fact]
    public void Thousands_of_phrases_still_fit()
    {
        var phrases = Enumerable.Range(0, 3000).Select(i => ($"thing number {i}", 0.5, default(Box))).ToArray();
        var figure = OverlayRenderer.Render(Groundings.Make(60, 40, phrases));
        Assert.True(Math.Max(figure.Width, figure.Height) <= OverlayRenderer.LongestSide);
    }

    [Fact]
    public void The_mask_is_tinted_and_the_rest_left_alone()
    {
        // 450 x 450 is shown at twice its size, from the page's margin on.
        var figure = OverlayRenderer.Render(Groundings.Make(450, 450, ("left", 0.5, new Box(0, 0, 225, 450))), FigureStyle.Tint);
        var blue = PhrasePalette.Take(1)[0];
        var (inside, outside) = (At(figure, 20 + 100, 20 + 100), At(figure, 20 + 800, 20 + 100));
        Assert.Equal((128, 128, 128), outside);
        Assert.True(inside.B > 140 && inside.R < 120, $"{inside} is not tinted {blue}");
    }

    [Fact]
    public void Contours_leave_the_picture_its_colours()
    {
        var grounding = Groundings.Make(450, 450, ("left", 0.5, new Box(0, 0, 225, 450)));
        var figure = OverlayRenderer.Render(grounding);
        var colour = PhrasePalette.Take(1)[0];
        var (inside, rim) = (At(figure, 20 + 100, 20 + 100), At(figure, 16 + 448, 20 + 200));
        Assert.All(new[] { inside.R, inside.G, inside.B }, value => Assert.InRange(value, 128 - 16, 128 + 16));
        Assert.NotEqual((128, 128, 128), inside);
        Assert.Equal((colour.R, colour.G, colour.B), ((byte)rim.R, (byte)rim.G, (byte)rim.B));
    }

    [Fact]
    public void Larger_numbers_take_more_of_the_picture()
    {
        var grounding = Groundings.Make(450, 450, ("left", 0.5, new Box(0, 0, 225, 450)));
        int small = White(OverlayRenderer.RenderPicture(grounding)),
            large = White(OverlayRenderer.RenderPicture(grounding, numbers: 2));
        Assert.True(large > 1.7 * small, $"{small}, {large}"); // the chip's white rim and figure

        static int White(Picture picture) => Count(picture, new Colour(255, 255, 255));
    }

    [Fact]
    public void A_contact_sheet_has_a_cell_for_each_picture()
    {
        var cells = Enumerable
            .Range(0, 7)
            .Select(i =>
                (
                    ContactSheet.Thumbnail(Groundings.Make(900, 30 + 300 * i, ("a", 1, default)).Picture),
                    $"picture {i}, with a name that is far too long"
                )
            )
            .ToList();
        Assert.All(cells, cell => Assert.True(cell.Item1.Width <= 300 && cell.Item1.Height <= 225));
        var (one, seven) = (ContactSheet.Render(cells[..1]), ContactSheet.Render(cells));
        Assert.Equal(6 * (one.Width - 12), seven.Width - 12);
        Assert.Equal(2 * (one.Height - 12), seven.Height - 12);
        Assert.Throws<ArgumentException>(() => ContactSheet.Render([]));
        Assert.Throws<ArgumentException>(() => ContactSheet.Render([.. Enumerable.Repeat(cells[0], ContactSheet.Most + 1)]));
    }

    [Fact]
    public void Empty_masks_and_no_phrases_are_drawn()
    {
        var grounding = Groundings.Make(64, 48, ("a ghost", 0.1, default));
        Assert.True(OverlayRenderer.Render(grounding).Height > 48);
        Assert.True(OverlayRenderer.Render(grounding with { Phrases = [] }).Height > 48);
    }

    [Fact]
    public void Any_script_is_drawn()
    {
        string[] texts =
        [
            "שני כלבים",
            "رجل يركب حصانًا",
            "一只狗",
            "👩‍🚀 and 🐶",
            "e\u0301\u0301\u0301",
            "\u200f\u202e",
            "a\nb\tc",
            "\ud83d",
            new string('w', 3000),
            "x",
        ];
        var spans = texts.Select(t => new PhraseSpan(0, t.Length, t));
        var grounding = Groundings.Make(64, 48, ("x", 1, new Box(1, 1, 5, 5)));
        var many = grounding with { Phrases = [.. spans.Select(s => new GroundedPhrase(s, 0.5, grounding.Phrases[0].Mask))] };
        Assert.True(OverlayRenderer.Render(many).Height > 48);
    }

    [Fact]
    public void The_same_grounding_gives_the_same_figure()
    {
        var grounding = Groundings.Make(100, 80, ("a dog", 0.9, new Box(10, 10, 30, 30)), ("a cat", 0.8, new Box(30, 20, 30, 30)));
        Assert.Equal(OverlayRenderer.Render(grounding).Rgb, OverlayRenderer.Render(grounding).Rgb);
    }

    [Fact]
    public void A_mask_of_another_size_is_refused()
    {
        var grounding = Groundings.Make(10, 8, ("a", 1, new Box(0, 0, 1, 1)));
        var wrong = grounding with { Phrases = [grounding.Phrases[0] with { Mask = RunLengthMask.Empty(8, 10) }] };
        Assert.Throws<ArgumentException>(() => OverlayRenderer.Render(wrong));
    }

    private static double Share(Picture picture, Colour colour) => (double)Count(picture, colour) / picture.Width / picture.Height;

    private static int Count(Picture picture, Colour colour)
    {
        int count = 0;
        for (int i = 0; i < picture.Rgb.Length; i += 3)
            if (picture.Rgb[i] == colour.R && picture.Rgb[i + 1] == colour.G && picture.Rgb[i + 2] == colour.B)
                count++;
        return count;
    }

    private static (int R, int G, int B) At(Picture picture, int x, int y)
    {
        int at = 3 * (y * picture.Width + x);
        return (picture.Rgb[at], picture.Rgb[at + 1], picture.Rgb[at + 2]);
    }
}
