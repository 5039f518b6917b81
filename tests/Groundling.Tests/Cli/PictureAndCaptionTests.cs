using System.Text.Json;
using Groundling.Data;
using Groundling.Tests.Data;
using SkiaSharp;

namespace Groundling.Tests.Cli;

/// <summary>groundling ground on odd pictures and captions.</summary>
public sealed class PictureAndCaptionTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, byte[], string> BadPictures =>
        new()
        {
            { "letter.png", "Dear Sir"u8.ToArray(), "is not a picture" },
            { "nothing.jpg", [], "0 bytes" },
            { "cut.png", TinyModel.Gradient(90, 60).EncodePng()[..^60], "cut short" },
            { "bomb.png", PngFile.Make(40_000, 40_000, 8, PngFile.Rgb, [new byte[30]]), "40000 x 40000" },
            { "scan.tif", [0x49, 0x49, 0x2A, 0, .. new byte[64]], "TIFF" },
        };

    [Theory]
    [MemberData(nameof(BadPictures))]
    public void Bad_pictures_are_refused(string name, byte[] bytes, string says)
    {
        var path = _folder.Write(name, bytes);
        Ground(path, "[a man]").RefusesInOneLine(path, says);
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public void Captions_that_are_not_utf8_are_refused()
    {
        byte[] latin = [.. "[the woman"u8, 0x92, .. "s dog]"u8];
        var picture = _folder.Write("a.png", TinyModel.Gradient(48, 32).EncodePng());
        _folder.Write("a.txt", latin);
        CommandRun
            .Of("ground", picture, "-m", tiny.Path, "-o", Out, "--size", "64")
            .RefusesInOneLine(_folder.File("a.txt"), "is not UTF-8 text (byte 10");
        _folder.Write("list.txt", [.. "a.png\n"u8, 0xE9]);
        CommandRun
            .Of("ground", _folder.File("list.txt"), "-c", "[a]", "-m", tiny.Path, "-o", Out, "--size", "64")
            .RefusesInOneLine("list.txt", "is not UTF-8 text");
        CommandRun.Of("phrases", "--file", _folder.File("a.txt")).RefusesInOneLine(_folder.File("a.txt"), "is not UTF-8 text");
        _folder.Write("a.txt", [.. System.Text.Encoding.UTF8.Preamble, .. "[the woman’s dog]"u8]);
        CommandRun.Of("ground", picture, "-m", tiny.Path, "-o", Out, "--size", "64", "-q").Works();
        Assert.Contains("the woman’s dog", File.ReadAllText(Path.Combine(Out, "phrases.json")));
        Assert.False(Directory.Exists(_folder.File("a")));
    }

    [Fact]
    public void Hidden_files_are_no_pictures_and_names_do_not_matter()
    {
        var png = TinyModel.Gradient(48, 32).EncodePng();
        foreach (var name in (string[])["in/a.png", "in/b.jfif", "in/c"])
            _folder.Write(name, png);
        foreach (var name in (string[])["in/._a.png", "in/.hidden.png", "in/notes.txt", "in/list.json", "in/thumbs.db"])
            _folder.Write(name, "not a picture");
        CommandRun.Of("ground", _folder.File("in"), "-c", "[a man]", "-m", tiny.Path, "-o", Out, "--size", "64", "-q").Works();
        Assert.Equal(["a", "b", "c"], Directory.GetDirectories(Out).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_message_is_one_line_whatever_it_quotes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file names there have no line ends");
        Ground(_folder.Write("two\nlines.png", "Dear Sir"), "[a man]").RefusesInOneLine("two lines.png is not a picture");
        CommandRun.Of("ground", _folder.File("no\nsuch.png"), "--col\nour").RefusesInOneLine("--col our");
    }

    [Fact]
    public void Missing_pictures_are_refused() => Ground(_folder.File("none.png"), "[a man]").RefusesInOneLine("none.png does not exist");

    public static TheoryData<string, byte[], string> OddPictures =>
        new()
        {
            { "cmyk.jpg", File.ReadAllBytes(Fixture.Path("cmyk.jpg")), "CMYK converted to RGB" },
            {
                "deep.png",
                PngFile.Make(
                    2,
                    1,
                    16,
                    PngFile.Rgb,
                    [
                        [0x80, 0, 0xFF, 0xFF, 0, 0, 0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC],
                    ]
                ),
                "16 bits a channel reduced to 8"
            },
            {
                "grey.png",
                PngFile.Make(
                    3,
                    1,
                    8,
                    PngFile.Grey,
                    [
                        [0, 100, 255],
                    ]
                ),
                "greyscale"
            },
            { "turned.jpg", PictureTests.WithOrientation(PictureTests.Quarters(), 6), "turned upright" },
            { "moving.gif", PictureTests.TwoFrameGif(), "first of 2 frames" },
        };

    [Theory]
    [MemberData(nameof(OddPictures))]
    public void Odd_pictures_are_grounded_with_a_note(string name, byte[] bytes, string note)
    {
        var path = _folder.Write(name, bytes);
        var run = Ground(path, "[a man]").Works();
        Assert.Contains($"note: {path}: ", run.Error);
        Assert.Contains(note, run.Error);
        Assert.Empty(Ground(path, "[a man]", "--quiet").Works().Error);
    }

    [Fact]
    public void A_turned_picture_has_masks_of_its_upright_size()
    {
        var path = _folder.Write("turned.jpg", PictureTests.WithOrientation(PictureTests.Quarters(), 6));
        using var json = Json(path, "[a man]");
        Assert.Equal((32, 64), (json.RootElement.GetProperty("width").GetInt32(), json.RootElement.GetProperty("height").GetInt32()));
        Assert.Equal(
            [64, 32],
            json.RootElement.GetProperty("phrases")[0]
                .GetProperty("segmentation")
                .GetProperty("size")
                .EnumerateArray()
                .Select(n => n.GetInt32())
        );
    }

    [Theory]
    [InlineData(1, 5000)]
    [InlineData(5000, 1)]
    [InlineData(1, 1)]
    public void Extreme_shapes_are_grounded(int width, int height)
    {
        using var json = Json(Picture(width, height), "[a man] and [a dog]", "--threshold", "0");
        Assert.Equal(
            [width * height, width * height],
            json.RootElement.GetProperty("phrases").EnumerateArray().Select(p => p.GetProperty("area").GetInt32())
        );
        Assert.Equal(4, Directory.GetFileSystemEntries(Out).Length);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("   ", "empty")]
    [InlineData("running quickly", "No noun phrase")]
    [InlineData("[a man rides", "never closed")]
    [InlineData("a man] rides", "']' at character 6")]
    [InlineData("[] rides", "are empty")]
    public void Captions_that_cannot_be_read_are_refused(string caption, string says)
    {
        Ground(Picture(), caption).RefusesInOneLine(says);
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public void No_caption_at_all_says_where_one_may_stand() =>
        (CommandRun.Of("ground", Picture(), "--model", tiny.Path, "--out", Out)).RefusesInOneLine("--caption", _folder.File("a.txt"));

    [Fact]
    public void Long_captions_work()
    {
        var words = Enumerable
            .Range(0, 3000)
            .Select(i =>
                i == 1500 ? "[the red dog]"
                : i % 20 == 19 ? "ends."
                : i % 7 == 0 ? "stone,"
                : "word"
            );
        using var json = Json(Picture(), string.Join(' ', words));
        Assert.Equal("the red dog", json.RootElement.GetProperty("phrases")[0].GetProperty("text").GetString());
    }

    [Fact]
    public void Two_hundred_phrases_work()
    {
        var caption = string.Join(' ', Enumerable.Range(0, 200).Select(i => $"[thing {i}] beside"));
        using var json = Json(Picture(), caption, "--threshold", "0.005");
        Assert.Equal(
            Enumerable.Range(0, 200).Select(i => $"thing {i}"),
            json.RootElement.GetProperty("phrases").EnumerateArray().Select(p => p.GetProperty("text").GetString())
        );
        Assert.Contains(json.RootElement.GetProperty("phrases").EnumerateArray(), p => p.GetProperty("area").GetInt32() > 0);
    }

    [Fact]
    public void Overlapping_phrases_emoji_and_right_to_left_text_work()
    {
        using var json = Json(Picture(), "[a man in [a red hat]] sees [שני כלבים] and [🐶🐶] near [👩‍🚀] \uFFFE \u200B[ثلج]");
        var phrases = json.RootElement.GetProperty("phrases").EnumerateArray().ToList();
        Assert.Equal(
            ["a man in a red hat", "a red hat", "שני כלבים", "🐶🐶", "👩‍🚀", "ثلج"],
            phrases.Select(p => p.GetProperty("text").GetString())
        );
        var caption = json.RootElement.GetProperty("caption").GetString()!;
        Assert.All(
            phrases,
            p =>
                Assert.Equal(p.GetProperty("text").GetString(), caption[p.GetProperty("start").GetInt32()..p.GetProperty("end").GetInt32()])
        );
    }

    [Fact]
    public void Phrases_may_be_given_apart()
    {
        using var json = Json(Picture(), "A man and a dog.", "--phrases", "a dog; A MAN");
        Assert.Equal(
            ["a dog", "A man"],
            json.RootElement.GetProperty("phrases").EnumerateArray().Select(p => p.GetProperty("text").GetString())
        );
        Ground(Picture(), "A man.", "--phrases", "a cat").RefusesInOneLine("\"a cat\"");
        Ground(Picture(), "A man.", "--phrases", ";").RefusesInOneLine("no phrase");
    }

    [Fact]
    public void Narratives_are_read_and_their_faults_named()
    {
        const string one =
            """[{"image_id": "1", "annotator_id": 0, "caption": "a man runs", "segments": [{"utterance": "a man", "segment_ids": ["3"], "plural": false, "noun": true}]}]""";
        var file = _folder.Write("png_coco_val.json", one);
        var run = (CommandRun.Of("ground", Picture(), "--narrative", file, "-m", tiny.Path, "-o", Out, "--size", "64", "--json")).Works();
        Assert.Contains("\"a man runs\"", run.Output);
        (CommandRun.Of("ground", Picture(), "--narrative", file, "--index", "1", "-m", tiny.Path)).RefusesInOneLine(file, "no narrative 1");
        (CommandRun.Of("ground", Picture(), "--narrative", file, "--index", "-1", "-m", tiny.Path)).RefusesInOneLine(
            file,
            "no narrative -1"
        );
        (CommandRun.Of("ground", Picture(), "--narrative", file, "--caption", "[a]", "-m", tiny.Path)).RefusesInOneLine(
            "--narrative already names"
        );
        var cut = _folder.Write("cut.json", one[..80]);
        (CommandRun.Of("ground", Picture(), "--narrative", cut, "-m", tiny.Path)).RefusesInOneLine(cut, "cut short");
        (CommandRun.Of("ground", Picture(), "--narrative", _folder.File("none.json"), "-m", tiny.Path)).RefusesInOneLine(
            "none.json does not exist"
        );
    }

    private string Out => _folder.File("out");

    private string Picture(int width = 48, int height = 32) => _folder.Write("a.png", TinyModel.Gradient(width, height).EncodePng());

    private CommandRun Ground(string picture, string caption, params string[] more) =>
        CommandRun.Of(["ground", picture, "--caption", caption, "--model", tiny.Path, "--out", Out, "--size", "64", .. more]);

    private JsonDocument Json(string picture, string caption, params string[] more) =>
        JsonDocument.Parse(Ground(picture, caption, ["--json", .. more]).Works().Output);
}
