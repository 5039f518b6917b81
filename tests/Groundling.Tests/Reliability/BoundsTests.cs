using System.Diagnostics;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;

namespace Groundling.Tests.Reliability;

/// <summary>Inputs whose cost once grew faster than their length, and work that once could not be stopped.</summary>
public sealed class BoundsTests(TinyModel tiny)
{
    [Fact]
    public void A_word_of_many_hyphens_is_read_from_the_front()
    {
        var word = string.Concat(Enumerable.Repeat("a-", 50_000)) + "a"; // once overflowed the stack
        var clock = Stopwatch.StartNew();
        _ = NounPhraseChunker.English.Chunk(word);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5)); // half a second where nothing else runs
    }

    [Theory]
    [InlineData("a twenty-one-foot boat", "a twenty-one-foot boat")] // number after number describes
    [InlineData("a black-and-white cat", "a black-and-white cat")]
    [InlineData("a red-two-three car", "a red-two-three car")]
    [InlineData("the merry-go-round", "the merry-go-round")]
    public void Parts_before_a_hyphen_count_as_before(string caption, string phrase) =>
        Assert.Equal(phrase, Assert.Single(NounPhraseChunker.English.Chunk(caption)).Text);

    [Fact]
    public void A_caption_has_limits_and_they_are_told()
    {
        var many = string.Concat(Enumerable.Repeat("[a]", Caption.MostPhrases + 1));
        Assert.Contains("1001 phrases; 1000", Assert.Throws<InputException>(() => Caption.Parse(many).RequireLimits()).Message);
        var lengthy = new Caption(new string('a', Caption.MostCharacters + 1), [new(0, 1, "a")]);
        Assert.Contains("100000 are allowed", Assert.Throws<InputException>(lengthy.RequireLimits).Message);
        Assert.Throws<InputException>(() => tiny.Pipeline.Ground(TinyModel.Gradient(64, 64), lengthy, new() { Size = 64 }));
    }

    [Fact]
    public void Parts_of_words_that_overlap_whole_ones_are_none() =>
        Assert.Equal([4, 8], PhraseSearch.Occurrences("cat cat cats scat catcat", "cat").Skip(1).Take(2));

    [Fact]
    public void Frames_are_counted_by_their_lengths()
    {
        const int frames = 140_000; // once took 25 seconds to count
        byte[] frame = [.. "ANMF"u8, 2, 0, 0, 0, 1, 2];
        byte[] animation = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8, .. Enumerable.Repeat(frame, frames).SelectMany(bytes => bytes)];
        Assert.Equal(frames, AnimationFrames.Count(animation));
        Assert.Equal(frames - 1, AnimationFrames.Count(animation.AsSpan(..^1)));
        byte[] image = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
        byte[] gif = [.. "GIF89a"u8, 3, 0, 2, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x21, 0xF9, 4, 0, 0, 0, 0, 0, .. image, .. image];
        Assert.Equal(2, AnimationFrames.Count([.. gif, 0x3B]));
        Assert.Equal(1, AnimationFrames.Count(gif.AsSpan(..^1)));
        Assert.Equal(1, AnimationFrames.Count([1, 2, 3]));
    }

    [Fact]
    public void The_size_that_a_WebP_declares_is_known_before_it_is_decoded()
    {
        using var bitmap = new SkiaSharp.SKBitmap(37, 19);
        bitmap.Erase(SkiaSharp.SKColors.Red);
        foreach (
            var compression in (SkiaSharp.SKWebpEncoderCompression[])
                [SkiaSharp.SKWebpEncoderCompression.Lossy, SkiaSharp.SKWebpEncoderCompression.Lossless]
        )
        {
            using var pixels = bitmap.PeekPixels()!;
            using var file = pixels.Encode(new SkiaSharp.SKWebpEncoderOptions(compression, 80));
            Assert.Equal(37 * 19, Picture.DeclaredPixels(file!.ToArray()));
        }
        byte[] canvas = [.. "RIFF"u8, 22, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        Assert.Equal(1L << 48, Picture.DeclaredPixels(canvas));
        Assert.Contains("16777216 x 16777216", Assert.Throws<InputException>(() => Picture.Decode(canvas)).Message);
    }

    [Theory]
    [InlineData("{\"ann\xFFotations\": []}")] // found by changing records at random
    [InlineData("{\"\\ud800\": []}")]
    public void A_key_that_is_no_text_is_told(string json)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("records.json", System.Text.Encoding.Latin1.GetBytes(json));
        Assert.Contains(
            "not Unicode text",
            Assert.Throws<InputException>(() => Groundling.Data.Benchmark.PanopticAnnotations.Read(path)).Message
        );
    }

    [Fact]
    public void A_key_that_is_no_text_is_passed_over_in_a_record()
    {
        using var folder = new TemporaryFolder(); // found by changing records at random, too
        var record = "{\"image_id\": \"42\", \"annotator\\ud800_id\": 1, \"caption\": \"a\", \"segments\": []}";
        Assert.Equal(
            "a",
            Assert.Single(Groundling.Data.Benchmark.NarrativeReader.Read(folder.Write("records.json", $"[{record}]"))).Caption
        );
        using var request = System.Text.Json.JsonDocument.Parse("{\"\\ud800\": 1}");
        Assert.Null(Groundling.Core.JsonText.Member(request.RootElement, "context"));
    }

    [Theory]
    [InlineData("{\"\\ud800\": 1, ")]
    [InlineData("{\"a\u00FF\": 1, ")]
    public void A_config_whose_key_is_no_text_is_refused_in_one_line(string begins)
    {
        using var folder = new TemporaryFolder();
        var model = tiny.Copy(folder);
        var file = Path.Combine(model, "unet/config.json");
        File.WriteAllBytes(file, [.. System.Text.Encoding.Latin1.GetBytes(begins), .. File.ReadAllBytes(file).AsSpan(1)]);
        var picture = folder.Write("a.png", TinyModel.Gradient(64, 64).EncodePng());
        CommandRun
            .Of("ground", picture, "-c", "[a]", "-m", model, "-o", folder.File("out"))
            .RefusesInOneLine(Path.Combine("unet", "config.json"));
        var config = folder.Write("config.json", System.Text.Encoding.Latin1.GetBytes(begins + "\"train\": {}}"));
        CommandRun.Of("train", config, "--data", "none", "--out", folder.File("run")).RefusesInOneLine("config.json");
    }

    [Fact]
    public void A_bitmap_whose_pixels_begin_beyond_the_file_is_refused_in_both_ways()
    {
        byte[] file =
        [
            .. "BM"u8,
            58,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0xF0,
            0xFF,
            0xFF,
            0x7F,
            40,
            0,
            0,
            0,
            1,
            0,
            0,
            0,
            1,
            0,
            0,
            0,
            1,
            0,
            24,
            .. new byte[24],
            9,
        ];
        using var stop = new CancellationTokenSource(); // once ended the process: the codec skips further than an array can be long
        var told = Assert.Throws<InputException>(() => Picture.Decode(file)).Message;
        Assert.Equal(told, Assert.Throws<InputException>(() => Picture.Decode(file, cancellation: stop.Token)).Message);
    }

    [Fact]
    public void Decoding_stops_within_a_picture()
    {
        var file = TinyModel.Gradient(3000, 2000).EncodePng();
        using var stop = new CancellationTokenSource();
        using var timer = new Timer(_ => stop.Cancel(), null, 1, Timeout.Infinite);
        Assert.Throws<OperationCanceledException>(Forever);
        Assert.Equal(Picture.Decode(file).Rgb, Picture.Decode(file, cancellation: new CancellationTokenSource().Token).Rgb);

        void Forever()
        {
            while (true)
                Picture.Decode(file, cancellation: stop.Token);
        }
    }
}
