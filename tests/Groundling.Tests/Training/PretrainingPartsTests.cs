using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Tests.Data;
using Groundling.Torch;
using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

public sealed class PretrainingPartsTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_are_made_once_and_made_again_from_another_source_or_when_they_are_damaged()
    {
        var (path, made) = (_folder.File("rows.safetensors"), 0);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => i % 128), Values("a"));
        Assert.Equal(2, made); // 256 rows, then the rest
        Values("a");
        Assert.Equal(2, made);
        Values("b");
        Assert.Equal(4, made);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^40]);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => i % 128), Values("b"));
        Assert.Equal(6, made);

        IEnumerable<int> Values(string source)
        {
            using var scope = NewDisposeScope();
            using var rows = RowStore.Open(
                path,
                source,
                300,
                ScalarType.Byte,
                [1],
                (first, count) =>
                {
                    made++;
                    return tensor(Enumerable.Range(first, count).Select(i => (byte)(i % 128)).ToArray(), [count, 1]);
                }
            );
            return [.. rows.Gather(Enumerable.Range(0, 300)).reshape(-1).data<byte>().ToArray().Select(value => (int)value)];
        }
    }

    [Fact]
    public void Pictures_that_have_changed_are_decoded_again_and_encoded_again()
    {
        var data = SmallTraining.Data(_folder, count: 3);
        var examples = PngBenchmark.Open(data, "train").Read(new()).ToList();
        using var vae = new Vae(ModelPreset.Tiny.Vae).Initialize(new Generator(1));
        var (decoded, encoded) = (0, 0);
        (byte First, float Latent) Read()
        {
            using var scope = NewDisposeScope();
            using var pictures = PictureStore.Open(
                _folder.File("pictures.safetensors"),
                examples,
                64,
                _ => decoded++,
                CancellationToken.None
            );
            using var latents = LatentStore.Open(
                _folder.File("latents.safetensors"),
                pictures,
                vae,
                0,
                "tiny",
                _ => encoded++,
                CancellationToken.None
            );
            return (pictures[1][0, 0, 0].item<byte>(), latents[1].to(float32).sum().item<float>());
        }

        var before = Read();
        Assert.Equal(before, Read());
        Assert.Equal((1, 1), (decoded, encoded));
        var other = new byte[64 * 64 * 3];
        Array.Fill(other, (byte)(before.First ^ 255));
        File.WriteAllBytes(examples[1].PicturePath, PngFile.Make(64, 64, 8, PngFile.Rgb, Enumerable.Repeat(other[..(64 * 3)], 64)));
        var after = Read();
        Assert.Equal((2, 2), (decoded, encoded));
        Assert.Equal(before.First ^ 255, after.First);
        Assert.NotEqual(before.Latent, after.Latent);
    }

    [Fact]
    public void Opening_stores_makes_no_tensor_that_nobody_holds()
    {
        var data = SmallTraining.Data(_folder, count: 3);
        var examples = PngBenchmark.Open(data, "train").Read(new()).ToList();
        using var vae = new Vae(ModelPreset.Tiny.Vae).Initialize(new Generator(1));
        var unheld = -1L;
        var thread = new Thread(() => // one without a scope, as a command's is
        {
            var begin = DisposeScopeManager.Statistics.TensorStatistics.CreatedOutsideScopeCount;
            using var pictures = PictureStore.Open(_folder.File("pictures"), examples, 64, null, CancellationToken.None);
            using var latents = LatentStore.Open(_folder.File("latents"), pictures, vae, 0, "tiny", null, CancellationToken.None);
            Assert.Equal([64L, 64, 3], pictures.RowShape);
            Assert.Equal(vae.Config.LatentChannels * 2, latents.RowShape[0]);
            unheld = DisposeScopeManager.Statistics.TensorStatistics.CreatedOutsideScopeCount - begin;
        });
        thread.Start();
        thread.Join();
        Assert.Equal(2, unheld); // a block of rows in each store, which the store holds
    }

    [Fact]
    public void The_average_follows_quickly_at_first_and_by_its_decay_later()
    {
        using var scope = NewDisposeScope();
        var (weight, average) = (ones(2), zeros(2));
        var moving = new MovingAverage([(weight, average)], 0.9);
        moving.Update(1); // (1 + 1) / (10 + 1) is kept
        TensorAssert.Close(full(2, 9.0 / 11), average, 1e-6, "first step");
        average.zero_();
        moving.Update(100_000);
        TensorAssert.Close(full(2, 0.1), average, 1e-6, "later");
    }

    [Fact]
    public void The_schedule_begins_again_at_full_size()
    {
        var settings = new DiffusionSettings
        {
            Steps = 60,
            CoarseSteps = 40,
            WarmUp = 10,
            LearningRate = 1,
            FineLearningRate = 0.3,
            Schedule = ScheduleShape.Cosine,
        };
        Assert.Equal(0.5, settings.LearningRateAt(5), 12); // warming up
        Assert.Equal(1, settings.LearningRateAt(11), 12);
        Assert.Equal(0.5, settings.LearningRateAt(26), 12); // half of the way from step 11 to step 41
        Assert.Equal(0.3, settings.LearningRateAt(41), 12);
        Assert.Equal(0.15, settings.LearningRateAt(51), 12);
        Assert.Equal(0.5, (settings with { CoarseSteps = 0 }).LearningRateAt(36), 12); // one stretch of 60
    }

    [Fact]
    public void A_phrases_prompt_is_the_mean_of_its_tokens_states_and_does_not_depend_on_the_batch()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var diffusion = tiny.Pipeline.Diffusion;
        var (positions, tokenizer) = (diffusion.Text.Config.Positions, diffusion.Tokenizer);
        Caption[] captions = [Caption.ParseBrackets("[two red boats] near [the shore]"), Caption.ParseBrackets("[a kite]")];
        var (states, mask) = Encode(PromptKind.Phrases, captions);
        Assert.Equal([2L, 3, diffusion.Text.Config.Width], states.shape);
        Assert.Equal([true, true, true, true, true, false], mask!.reshape(-1).data<bool>().ToArray());
        var rows = CaptionRows.Of(tokenizer, positions, captions[0].Text);
        var tokens = diffusion.Text.call(tensor(rows.Rows[0], [1, positions]))[0];
        TensorAssert.Close(tokens[0], states[0, 0], 1e-5, "start");
        var places = rows.PlacesOf(0, "two red boats".Length).Select(place => (long)place).ToArray();
        TensorAssert.Close(tokens.index_select(0, tensor(places)).mean([0]), states[0, 1], 1e-5, "two red boats");
        TensorAssert.Close(zeros(diffusion.Text.Config.Width), states[1, 2], 0, "padding");
        TensorAssert.Close(Encode(PromptKind.Phrases, captions[1]).States[0], states[1, TensorIndex.Slice(0, 2)], 1e-5, "alone");

        var (words, none) = (Encode(PromptKind.Words, captions), Encode(PromptKind.None, captions));
        Assert.Null(words.Mask);
        TensorAssert.Close(tokens, words.States[0], 1e-5, "words");
        TensorAssert.Close(none.States[0], none.States[1], 1e-5, "no caption");

        (Tensor States, Tensor? Mask) Encode(PromptKind kind, params Caption[] of) =>
            new PromptBatch(
                of.Select(caption => (caption, CaptionRows.Of(tokenizer, positions, caption.Text), kind)),
                CaptionRows.Of(tokenizer, positions, "")
            ).Encode(diffusion.Text);
    }

    [Fact]
    public void The_text_encoders_losses_are_mean_cross_entropies_of_each_token_and_of_the_one_that_follows()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (tokenizer, config) = (tiny.Pipeline.Diffusion.Tokenizer, tiny.Pipeline.Diffusion.Text.Config);
        // of different lengths
        Caption[] captions = [Caption.ParseBrackets("[two red boats] near [the shore]"), Caption.ParseBrackets("[a kite]")];
        using var task = new TextTask(config, new() { BatchSize = 2 }, tokenizer, captions, captions);
        task.Save(_folder.Path);
        using var text = new TextEncoder(config);
        using (var weights = WeightSource.Open(_folder.File("model.safetensors")))
            text.LoadExactly(weights);
        var value = task.Parameters.ToDictionary(pair => pair.Name, pair => pair.Value);
        var scores = task.Validate(0, default)!.Scores.ToDictionary(score => score.Name, score => score.Value);
        Assert.Equal(Expected("itself", 0), scores["loss_itself"], 4);
        Assert.Equal(Expected("next", 1), scores["loss_next"], 4);

        double Expected(string map, int ahead) // one caption after the other, one token after the other
        {
            var losses = new List<double>();
            foreach (var caption in captions)
            {
                long[] row =
                [
                    tokenizer.StartToken,
                    .. tokenizer.Tokenize(caption.Text).Select(token => (long)token.Id),
                    tokenizer.EndToken,
                ];
                var logits = text.call(tensor(row, [1, row.Length]))[0].matmul(value[$"{map}.weight"].t()) + value[$"{map}.bias"];
                for (var place = 0; place < row.Length - 1; place++)
                    losses.Add((logits[place].exp().sum().log() - logits[place, row[place + ahead]]).item<float>());
            }
            return losses.Average();
        }
    }

    [Fact]
    public void Equal_pictures_have_no_error_and_others_the_ratio_of_its_definition()
    {
        using var scope = NewDisposeScope();
        var picture = zeros(1, 3, 4, 4);
        Assert.Equal(double.PositiveInfinity, PeakSignalToNoise.Of(picture, picture)[0]);
        Assert.Equal(20, PeakSignalToNoise.Of(picture + 0.2, picture)[0], 4); // 10 log10(2^2 / 0.2^2)
        Assert.Equal(double.PositiveInfinity, PeakSignalToNoise.Of(picture + 7, picture + 1)[0]); // beyond white is white
    }

    [Fact]
    public void The_autoencoders_losses_are_those_of_their_definitions()
    {
        using var scope = NewDisposeScope();
        var right = zeros(1, 3, 8, 8);
        var found = right.clone();
        found[0, 0, 0, 0] = 1; // one value of 192 differs by 1
        var (mean, logarithm) = (full([1, 4, 1, 1], 2), zeros(1, 4, 1, 1));
        var (total, parts) = new AutoencoderLoss(
            new AutoencoderSettings
            {
                Edges = 2,
                Coarse = 3,
                Divergence = 5,
            }
        ).Compute(found, right, mean, logarithm);
        var value = parts.ToDictionary(part => part.Name, part => (double)part.Value.item<float>());
        Assert.Equal(1.0 / 192, value["pixels"], 6);
        Assert.Equal(2.0 / (3 * 7 * 8), value["edges"], 6); // one neighbour to the right, one below
        Assert.Equal(3.0 / 192, value["coarse"], 6); // a quarter of four times as few values, three times
        Assert.Equal(2, value["divergence"], 6); // 2^2 / 2
        Assert.Equal(value["pixels"] + 2 * value["edges"] + 3 * value["coarse"] + 5 * value["divergence"], total.item<float>(), 5);
    }
}
