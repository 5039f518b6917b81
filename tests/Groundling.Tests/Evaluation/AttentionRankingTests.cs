using Groundling.Data;
using Groundling.Evaluation;
using Groundling.Prompting;
using static TorchSharp.torch;

namespace Groundling.Tests.Evaluation;

public class AttentionRankingTests(TinyModel tiny)
{
    [Fact]
    public void The_area_is_the_share_of_pairs_in_the_right_order_and_half_of_the_equal_ones()
    {
        var random = new Random(4);
        for (var round = 0; round < 20; round++)
        {
            float[] values = [.. Enumerable.Range(0, 30).Select(_ => (float)random.Next(8))]; // many are equal
            bool[] inside = [.. Enumerable.Range(0, 30).Select(i => i == 0 || (i > 1 && random.Next(3) == 0))];
            var pairs =
                from a in Enumerable.Range(0, 30)
                where inside[a]
                from b in Enumerable.Range(0, 30)
                where !inside[b]
                select values[a] > values[b] ? 1.0
                : values[a] == values[b] ? 0.5
                : 0;
            Assert.Equal(pairs.Average(), AttentionRanking.Area(values, inside)!.Value, 12);
        }
    }

    /// <summary>n (n + 1) is more than an int from n = 46,341 on.</summary>
    [Fact]
    public void The_area_of_many_values_is_right()
    {
        const int Count = 50_000;
        float[] values = [.. Enumerable.Range(0, Count + 2).Select(i => (float)i)];
        bool[] inside = [.. Enumerable.Range(0, Count + 2).Select(i => i >= 2)];
        Assert.Equal(1, AttentionRanking.Area(values, inside)!.Value, 12);
        Assert.Equal(0, AttentionRanking.Area([.. values.Reverse()], inside)!.Value, 12);
    }

    [Fact]
    public void There_is_no_area_without_both_sides()
    {
        Assert.Null(AttentionRanking.Area([1, 2], [true, true]));
        Assert.Null(AttentionRanking.Area([1, 2], [false, false]));
    }

    /// <summary>
    /// Shares that differ in the last bit are a tie in one order of sums and none in another: a tie is half of 1 / (96 x 160).
    /// </summary>
    private const double Rounding = 5e-4;

    [Fact]
    public void Maps_are_ranked_as_they_are_and_shared_among_the_phrases()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var diffusion = tiny.Pipeline.Diffusion;
        using var generator = new Generator(3);
        var width = diffusion.Text.Config.Width; // untrained attention to words is nearly even: too even for ranks
        var (phrases, nullPhrase) = (40 * randn([1, 2, width], generator: generator), randn([1, width], generator: generator));
        var latents = randn([1, diffusion.UNet.Config.InChannels, 16, 16], generator: generator);
        var left = RunLengthMask.FromBytes([.. Enumerable.Range(0, 128 * 128).Select(i => (byte)(i % 128 < 48 ? 1 : 0))], 128, 128);
        var top = RunLengthMask.FromBytes([.. Enumerable.Range(0, 128 * 128).Select(i => (byte)(i < 128 * 48 ? 1 : 0))], 128, 128);
        var ranking = new AttentionRanking(diffusion.UNet, diffusion.Schedule, time: 1);
        ranking.Add(
            latents,
            phrases,
            nullPhrase,
            Letterbox.Fit(128, 128, 0),
            [left, top],
            [true, false],
            TestContext.Current.CancellationToken
        );

        using var prompt = new StaticPrompt(new(latents, phrases, nullPhrase, null));
        using var output = diffusion.UNet.call(latents, tensor(new[] { 1L }), prompt);
        var (map, block) = (prompt.Maps[0][0], ranking.Blocks[0]); // [2, 16, 16]
        Assert.Equal(diffusion.UNet.Sites[0].Path, block.Block);
        Assert.Equal(8, block.Stride);
        bool[] leftCells = [.. Enumerable.Range(0, 256).Select(i => i % 16 < 6)],
            topCells = [.. Enumerable.Range(0, 256).Select(i => i < 96)];
        Assert.Equal(AttentionRanking.Area(map[0].flatten().data<float>().ToArray(), leftCells)!.Value, block.Things!.Value, 12);
        Assert.Equal(AttentionRanking.Area(map[1].flatten().data<float>().ToArray(), topCells)!.Value, block.Stuff!.Value, 12);
        Assert.Equal(
            AttentionRanking.Area((map[0] / map.sum([0L])).flatten().data<float>().ToArray(), leftCells)!.Value,
            block.SharedThings!.Value,
            Rounding
        );
        Assert.Equal(
            1 - AttentionRanking.Area((map[0] / map.sum([0L])).flatten().data<float>().ToArray(), topCells)!.Value,
            block.SharedStuff!.Value,
            Rounding
        ); // of two, what one has not the other has
    }

    [Fact]
    public void Noise_changes_what_is_read_and_is_the_same_each_time()
    {
        using var scope = NewDisposeScope();
        var diffusion = tiny.Pipeline.Diffusion;
        using var states = new PhraseEncoder(diffusion.Tokenizer, diffusion.Text).Encode(Caption.ParseBrackets("[a kite] over [the sea]"));
        var latents = zeros(1, diffusion.UNet.Config.InChannels, 8, 8);
        var half = RunLengthMask.FromBytes([.. Enumerable.Range(0, 64 * 64).Select(i => (byte)(i < 64 * 32 ? 1 : 0))], 64, 64);
        double?[] found =
        [
            .. ((long[])[150, 150, 1]).Select(time =>
            {
                var ranking = new AttentionRanking(diffusion.UNet, diffusion.Schedule, time);
                ranking.Add(
                    latents,
                    states.Phrases.unsqueeze(0),
                    states.NullPhrase.unsqueeze(0),
                    Letterbox.Fit(64, 64, 0),
                    [half, half],
                    [true, true]
                );
                return ranking.Blocks[0].Things;
            }),
        ];
        Assert.Equal(found[0], found[1]);
        Assert.NotEqual(found[0], found[2]);
    }
}
