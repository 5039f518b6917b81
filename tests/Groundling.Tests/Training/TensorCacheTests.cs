using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Tests.Data;
using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

public sealed class TensorCacheTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Cache => _folder.File("cache");

    private string[] Files => Directory.Exists(Cache) ? Directory.GetFiles(Cache, "*", SearchOption.AllDirectories) : [];

    [Fact]
    public void What_comes_from_the_cache_is_what_the_encoders_make()
    {
        using var scope = NewDisposeScope();
        var (made, first) = Encode();
        Assert.Equal((2, 2), (first.Made, Files.Length));
        var (found, second) = Encode();
        Assert.Equal((0, 2), (second.Made, second.Found));
        TensorAssert.Close(made.Latents, found.Latents, 0, "latents");
        TensorAssert.Close(made.States.Phrases, found.States.Phrases, 0, "phrases");
        TensorAssert.Close(made.States.NullPhrase, found.States.NullPhrase, 0, "null phrase");
    }

    [Fact]
    public void Whatever_decides_the_result_decides_the_key()
    {
        using var scope = NewDisposeScope();
        Encode();
        foreach (
            var (change, made) in new (Func<TensorCache>, int)[]
            {
                (() => Encode(mirrored: true).Cache, 2),
                (() => Encode(size: 128).Cache, 1),
                (() => Encode(caption: "[a cat] left of [a man]").Cache, 1),
                (() => Encode(caption: "[a dog left] of [a man]").Cache, 1),
                (() => Encode(mark: "another model").Cache, 2),
                (() => Encode(shift: 1).Cache, 1),
                (() => Encode().Cache, 0),
            }
        )
            Assert.Equal(made, change().Made);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(60)]
    public void A_damaged_file_is_noticed_and_made_anew(int keep)
    {
        using var scope = NewDisposeScope();
        var (made, _) = Encode();
        foreach (var file in Files)
        {
            var bytes = File.ReadAllBytes(file);
            if (keep == 60)
                bytes[^3] ^= 16;
            File.WriteAllBytes(file, keep == 60 ? bytes : bytes[..keep]);
        }
        var (again, cache) = Encode();
        Assert.Equal((2, 2, 0), (cache.Damaged, cache.Made, cache.Found));
        TensorAssert.Close(made.Latents, again.Latents, 0, "latents");
        Assert.Equal(2, Encode().Cache.Found);
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_one_clear_line()
    {
        using var scope = NewDisposeScope();
        File.WriteAllText(Cache, "a file");
        Assert.Contains("name another train.cache", Assert.Throws<IOException>(() => Encode()).Message);
    }

    private (EncodedNarrative Narrative, TensorCache Cache) Encode(
        string caption = "[a dog] left of [a man]",
        bool mirrored = false,
        int size = 64,
        string mark = "tiny",
        int shift = 0
    )
    {
        var picture = _folder.Write("picture.png", TinyModel.Gradient(48, 32, shift).EncodePng());
        var cache = new TensorCache(Cache);
        var encoders = new FrozenEncoders(tiny.Pipeline.Diffusion, mark, cache);
        return (
            encoders.Encode(encoders.Read(picture, Caption.ParseBrackets(caption), Letterbox.Fit(48, 32, size).Squared(), mirrored)),
            cache
        );
    }
}
