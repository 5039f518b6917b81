using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Tests.Packing;

/// <summary>Rearranged weights that are kept between processes.</summary>
public sealed class PackCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _weights;

    public PackCacheTests()
    {
        Assert.SkipUnless(PackedWeight.Supported, "weights are rearranged on Linux x64 alone");
        _weights = _folder.Write("weights.safetensors", "w");
    }

    private string Root => _folder.File("packed");

    private PackCache Cache => PackCache.For(Root, [_weights]);

    private string[] Files =>
        [.. Directory.EnumerateFiles(Root, "*.safetensors", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("winograd")]
    [InlineData("convolution")]
    [InlineData("linear")]
    [InlineData("int8")]
    [InlineData("int8 linear")]
    public void What_is_kept_computes_the_same_bits(string kind)
    {
        var expected = Compute(kind, null);
        Assert.Equal(expected, Compute(kind, Cache));
        var file = Assert.Single(Files);
        var written = File.GetLastWriteTimeUtc(file);
        Assert.Equal(expected, Compute(kind, Cache));
        Assert.Equal(written, File.GetLastWriteTimeUtc(file)); // it was read
    }

    [Theory]
    [InlineData("winograd")]
    [InlineData("convolution")]
    [InlineData("int8")]
    public void A_damaged_foreign_or_cut_file_is_made_anew(string kind)
    {
        var expected = Compute(kind, Cache);
        var file = Assert.Single(Files);
        var whole = File.ReadAllBytes(file);
        var flipped = whole.ToArray();
        flipped[^9] ^= 1;
        foreach (var bytes in new[] { flipped, whole[..(whole.Length / 2)], [], whole[..4], "{}"u8.ToArray() })
        {
            File.WriteAllBytes(file, bytes);
            Assert.Equal(expected, Compute(kind, Cache));
            Assert.Equal(whole, File.ReadAllBytes(file));
        }
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(file, [("data", zeros(3))]);
        Assert.Equal(expected, Compute(kind, Cache));
        Assert.Equal(whole, File.ReadAllBytes(file));
    }

    [Fact]
    public void For_one_picture_what_was_there_at_the_start_alone_counts()
    {
        var large = Compute("winograd", null, Rearrangement.OnePass);
        var cache = Cache;
        // 48 x 48 pixels pay for one pass, 24 x 24 only where it was done before
        Assert.Equal(large, Compute("winograd", cache, Rearrangement.OnePass));
        Assert.Single(Files);
        var plain = Compute("small winograd", null, Rearrangement.OnePass);
        Assert.Equal(plain, Compute("small winograd", cache, Rearrangement.OnePass));
        Assert.Equal(Compute("small winograd", null), Compute("small winograd", Cache, Rearrangement.OnePass));
        Assert.NotEqual(plain, Compute("small winograd", null));
    }

    [Fact]
    public void Where_nothing_can_be_written_it_is_done_without()
    {
        _folder.Write("packed", "a file in the folder's place");
        Assert.Equal(Compute("winograd", null), Compute("winograd", Cache));
    }

    [Fact]
    public async Task Two_that_rearrange_at_once_end_with_one_good_cache()
    {
        var expected = Compute("convolution", null);
        foreach (var one in await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Compute("convolution", Cache)))))
            Assert.Equal(expected, one);
        Assert.Single(Files);
        Assert.Equal(expected, Compute("convolution", Cache));
    }

    [Fact]
    public void Changed_weights_have_a_cache_of_their_own_and_the_oldest_goes()
    {
        Compute("convolution", Cache);
        var first = Assert.Single(Files);
        File.SetLastAccessTimeUtc(first, DateTime.UtcNow.AddDays(-2));
        Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(first)!, DateTime.UtcNow.AddDays(-2));
        File.WriteAllText(_weights, "others");
        Compute("convolution", Cache);
        Assert.Equal(2, PackCacheEntry.All(Root).Count);
        File.WriteAllText(_weights, "still others");
        var size = new FileInfo(first).Length;
        Compute("convolution", PackCache.For(Root, [_weights], largest: size + size / 2));
        Assert.Equal(2, PackCacheEntry.All(Root).Count);
        Assert.False(File.Exists(first));
    }

    [Fact]
    public void The_command_lists_fills_and_clears()
    {
        var picture = _folder.Write("a.png", TinyModel.Gradient(64, 64).EncodePng());
        string[] ground = ["ground", picture, "-c", "[a]", "-o", _folder.File("out"), "--quiet"];
        CommandRun.Of("cache", "clear").Works();
        CommandRun.Of([.. ground, "--no-cache"]).Works();
        Assert.Contains("0 models", CommandRun.Of("cache", "list").Works().Output);
        CommandRun.Of("cache", "fill", "--size", "64").Works();
        Assert.Contains("1 models", CommandRun.Of("cache", "list").Works().Output);
        CommandRun.Of(ground).Works();
        CommandRun.Of("cache", "clear").Works();
        Assert.Contains("0 models", CommandRun.Of("cache", "list").Works().Output);
    }

    [Fact]
    public void Pictures_of_all_formats_share_a_form()
    {
        Assert.Equal([1, 320, 64, 64], PackSlot.Typical([2, 320, 64, 48]));
        Assert.Equal([1, 320, 64, 64], PackSlot.Typical([1, 320, 64, 64]));
        Assert.Equal([16, 768], PackSlot.Typical([768]));
        Assert.Equal([16, 768], PackSlot.Typical([1, 11, 768]));
        Assert.Equal([4096, 320], PackSlot.Typical([1, 4096, 320]));
    }

    /// <summary>The bytes of what a layer makes, whose rearranged weight may come from a cache.</summary>
    private static float[] Compute(string kind, PackCache? cache, Rearrangement extent = Rearrangement.ManyPasses)
    {
        Assert.SkipWhen(kind.StartsWith("int8", StringComparison.Ordinal) && !Int8Arithmetic.Supported, "needs a processor with VNNI");
        using var scope = NewDisposeScope();
        using var forget = no_grad();
        var isLinear = kind.EndsWith("linear", StringComparison.Ordinal);
        using Module<Tensor, Tensor> layer = isLinear ? new LinearLayer(512, 512) : new ConvolutionLayer(192, 192, 3);
        foreach (var (_, value) in layer.NamedTensors())
            value.set_(randn(value.shape, generator: new Generator(3)) * 0.1);
        if (kind.StartsWith("int8", StringComparison.Ordinal))
        {
            var quantized = (IQuantizableLayer)layer;
            var (weight, scale) = Int8Arithmetic.Round(quantized.Weight);
            quantized.Arithmetic = new Int8Arithmetic(weight, scale, InputScale.Of(-3, 3));
        }
        layer.Freeze(extent, cache, "unet");
        var side =
            kind == "winograd" ? 48
            : kind == "small winograd" ? 24
            : 16;
        var input = isLinear
            ? randn([1, 64, 512], generator: new Generator(4))
            : randn([1, 192, side, side], generator: new Generator(4)).ToChannelsLast();
        return layer.call(input).contiguous().data<float>().ToArray();
    }
}
