using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Data.NounPhrases;
using Groundling.Decoding;
using Groundling.Diffusion;
using Groundling.Losses;
using Groundling.Modeling;
using Groundling.Tests.Data;
using Groundling.Tests.Method;
using Groundling.Tests.Training;
using Groundling.Torch;
using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Devices;

/// <summary>
/// What <see cref="DeviceTests"/> runs in a process of its own; explicit, because the lazy device stays in the process that has asked for
/// it.
/// </summary>
[Trait("Category", "device")]
public sealed class DeviceParts(TinyModel tiny) : IDisposable
{
    private static readonly Device Lazy = LazyDevice.Device;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Explicit = true)]
    public void It_refuses_what_a_card_refuses()
    {
        using var scope = NewDisposeScope();
        Tensor there = ones(2, device: Lazy),
            here = ones(2);
        Assert.ThrowsAny<Exception>(() => (there + here).cpu());
        Assert.Contains(
            "is not in the memory that this kernel reads",
            Assert.Throws<InvalidOperationException>(() => LibTorch.DataPointer(there)).Message
        );
    }

    [Fact(Explicit = true)]
    public void Text_encoder_autoencoder_and_UNet()
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        using var cpu = Open(ComputeDevice.Cpu);
        using var lazy = Open(LazyDevice.Place);
        using var generator = new Generator(1);
        var tokens = tensor(new long[] { 1, 5, 9, 2 }, [1, 4]);
        Same(cpu.Text.call(tokens), lazy.Text.call(tokens.to(Lazy)), "states");
        var image = rand([1, 3, 64, 128], generator: generator);
        var latents = cpu.Vae.Encode(image);
        Same(latents, lazy.Vae.Encode(image.to(Lazy)), "latents");
        Same(cpu.Vae.Decode(latents), lazy.Vae.Decode(latents.to(Lazy)), "pictures");
        var (noisy, time, prompt) = (
            randn([2, 4, 8, 16], generator: generator),
            tensor(new long[] { 1, 700 }),
            randn([2, 5, cpu.Text.Config.Width], generator: generator)
        );
        using UNetOutput here = cpu.UNet.call(noisy, time, new TextPrompt(prompt)),
            there = lazy.UNet.call(noisy.to(Lazy), time.to(Lazy), new TextPrompt(prompt.to(Lazy)));
        Same(here.Prediction, there.Prediction, "prediction");
        foreach (var (expected, found) in here.Features.Zip(there.Features))
            Same(expected, found, "features");
    }

    public static TheoryData<GroundingParts, MaskFeatureRoute, bool> Variants()
    {
        var variants = new TheoryData<GroundingParts, MaskFeatureRoute, bool>();
        foreach (var parts in Enum.GetValues<GroundingParts>())
        foreach (var route in parts == GroundingParts.Static ? [MaskFeatureRoute.UNet] : Enum.GetValues<MaskFeatureRoute>())
        foreach (var padded in new[] { false, true })
            variants.Add(parts, route, padded);
        return variants;
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Variants))]
    public void The_models_forward_pass_in_every_variant(GroundingParts parts, MaskFeatureRoute route, bool padded)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        using var here = Output(ComputeDevice.Cpu, parts, route, padded);
        using var there = Output(LazyDevice.Place, parts, route, padded);
        Same(here.Diffusion, there.Diffusion, "diffusion");
        Assert.Equal((here.Decoder.Count, here.AdapterBlocks.Count), (there.Decoder.Count, there.AdapterBlocks.Count));
        foreach (var (expected, found) in here.Decoder.Concat(here.AdapterBlocks).Zip(there.Decoder.Concat(there.AdapterBlocks)))
        {
            Same(expected.Masks, found.Masks, "masks");
            Same(expected.Classes, found.Classes, "classes");
        }
        Same(here.Probabilities(TinyGrounding.Letterbox), there.Probabilities(TinyGrounding.Letterbox), "probabilities");
    }

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public void Losses_and_gradients_also_where_blocks_run_again(bool savesMemory)
    {
        using var scope = NewDisposeScope();
        var (expected, loss) = Gradients(ComputeDevice.Cpu, savesMemory: false);
        var (found, same) = Gradients(LazyDevice.Place, savesMemory);
        Assert.Equal(loss, same, 1e-4 * loss);
        Assert.Equal(expected.Keys.Order(), found.Keys.Order());
        var whole = Math.Sqrt(expected.Values.Sum(gradient => Math.Pow(gradient.norm().item<float>(), 2)));
        foreach (var (name, gradient) in expected)
            Assert.True((found[name] - gradient).norm().item<float>() <= 1e-4 * whole, name);
    }

    [Fact(Explicit = true)]
    public void A_training_with_its_checkpoint_and_validation()
    {
        var data = SmallTraining.Data(_folder);
        // Few parameters: writing into one view of a vector costs the lazy device a copy of the whole for each of the others.
        var settings = SmallTraining.Config.Train with
        {
            Steps = 2,
            SaveEvery = 0,
            ValidateEvery = 0,
            Keep = "adapter,aggregation",
        };
        var config = SmallTraining.Config with { Train = settings };
        var (here, there) = (Trained(ComputeDevice.Cpu), Trained(LazyDevice.Place));
        Assert.Equal(2, there.Steps);
        // Points are drawn otherwise there, so weights may differ by what a step of AdamW can.
        using var scope = NewDisposeScope();
        foreach (var (name, value) in here.Weights)
            Assert.True((value - there.Weights[name]).abs().max().item<float>() < 5 * config.Train.LearningRate, name);

        (Dictionary<string, Tensor> Weights, long Steps) Trained(ComputeDevice place)
        {
            using var diffusion = Open(place);
            using var task = Paced(SmallTraining.Task(diffusion, data, config), place);
            using var folder = RunFolder.Open(
                _folder.File($"run-{place.Device.type}"),
                "{}",
                RunRecord.Now("grounding", 5, null, null),
                resume: false
            );
            using var run = new TrainingRun(task, config.Train, folder);
            var outcome = run.Run(TestContext.Current.CancellationToken);
            using var file = SafetensorsFile.Open(Path.Combine(folder.Last.Path, "training-state.safetensors"));
            return (
                file.Entries.Keys.Where(name => name.StartsWith("parameter.", StringComparison.Ordinal))
                    .ToDictionary(name => name, name => file.Read(name).clone().DetachFromDisposeScope()),
                outcome.Step
            );
        }
    }

    [Fact(Explicit = true)]
    public void The_optimizer_makes_the_same_weights()
    {
        Tensor[] made =
        [
            .. new[] { CPU, Lazy }.Select(device =>
            {
                using var scope = NewDisposeScope();
                var weight = ones([3, 5], device: device);
                using var vector = new ParameterVector([("weight", weight)], _ => true);
                using var optimizer = new AdamW(vector, new());
                for (var step = 1; step <= 3; step++)
                {
                    vector.ClearGradients();
                    weight.grad!.fill_(0.1 * step);
                    vector.Clip(vector.Norm(), 0.2);
                    optimizer.Update(step, 0.01);
                }
                return weight.detach().cpu().clone().DetachFromDisposeScope();
            }),
        ];
        Same(made[0], made[1], "weights");
        Assert.True((made[0] - 1).abs().min().item<float>() > 0.01, "it moved");
    }

    [Theory(Explicit = true)]
    [InlineData("autoencoder")]
    [InlineData("text")]
    [InlineData("diffusion")]
    public void A_step_of_each_stage_of_pretraining_and_what_it_is_measured_by(string name)
    {
        using var scope = NewDisposeScope();
        var preset = ModelPreset.Tiny;
        var benchmark = PngBenchmark.Open(SmallTraining.Data(_folder, 4), "train");
        var examples = benchmark.Read(new()).ToList();
        Caption[] captions = [.. examples.Select(example => example.Caption)];
        using var pictures = PictureStore.Open(_folder.File("pictures"), examples, 64, null, default);
        var stage = name switch
        {
            "autoencoder" => (Func<ComputeDevice, double[]>)Stage,
            "text" => Text,
            _ => Denoising,
        };
        Assert.Equal(stage(ComputeDevice.Cpu), stage(LazyDevice.Place), Near);

        double[] Stage(ComputeDevice place)
        {
            using var task = Paced(
                new AutoencoderTask(
                    preset.Vae,
                    new()
                    {
                        Steps = 1,
                        BatchSize = 2,
                        Crop = 64,
                        ValidationLimit = 2,
                    },
                    pictures,
                    pictures,
                    place
                ),
                place
            );
            return Figures(task);
        }

        double[] Text(ComputeDevice place)
        {
            using var task = Paced(
                new TextTask(preset.Text, new() { Steps = 1, BatchSize = 2 }, tiny.Pipeline.Diffusion.Tokenizer, captions, captions, place),
                place
            );
            return Figures(task);
        }

        double[] Denoising(ComputeDevice place)
        {
            using var diffusion = Open(place);
            using var latents = LatentStore.Open(
                _folder.File($"latents-{place.Device.type}"),
                pictures,
                diffusion.Vae,
                0,
                "a",
                null,
                default
            );
            using var task = Paced(
                new DiffusionTask(
                    preset,
                    new()
                    {
                        Steps = 1,
                        BatchSize = 2,
                        ValidationLimit = 2,
                        WordContrast = 0.3,
                    },
                    diffusion.Tokenizer,
                    diffusion.Text,
                    diffusion.Vae,
                    new(latents, examples, benchmark.Categories),
                    null,
                    null,
                    new(latents, examples, benchmark.Categories),
                    null,
                    place
                ),
                place
            );
            return Figures(task);
        }

        double[] Figures(ITrainingTask task)
        {
            using var context = new StepContext(1, 1, SingleProcess.Instance);
            var losses = task.Step(context);
            task.AfterStep(1);
            using var frozen = no_grad();
            // the UNet's samples take minutes here; Pictures_from_a_caption makes some
            return [losses.Total, .. losses.Parts.Select(part => part.Value), task is DiffusionTask ? 0 : task.Validate(1, default)!.Score];
        }

        bool Near(double[] expected, double[] found) =>
            expected.Length == found.Length
            && expected.Zip(found).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-3 * (1 + Math.Abs(pair.First)));
    }

    [Fact(Explicit = true)]
    public void Pictures_from_a_caption()
    {
        using var scope = NewDisposeScope();
        Tensor[] made =
        [
            .. new[] { ComputeDevice.Cpu, LazyDevice.Place }.Select(place =>
            {
                using var diffusion = Open(place);
                return new ImageSampler(
                    diffusion.Tokenizer,
                    diffusion.Text,
                    diffusion.Vae,
                    diffusion.UNet,
                    diffusion.Schedule,
                    diffusion.Prediction
                ).Sample("a boat", new() { Steps = 3, Size = 64 });
            }),
        ];
        Same(made[0], made[1], "pictures");
    }

    [Fact(Explicit = true)]
    public void A_grounding_from_picture_to_masks()
    {
        var (picture, caption) = (TinyModel.Gradient(96, 64), Caption.ParseBrackets("[a boat] near [the shore]"));
        using var pipeline = GroundingPipeline.Open(new() { ModelFolder = tiny.Path }, LazyDevice.Place);
        Paced(pipeline.Diffusion, LazyDevice.Place);
        var (expected, found) = (
            tiny.Pipeline.Ground(picture, caption, new() { Size = 64 }),
            pipeline.Ground(picture, caption, new() { Size = 64 })
        );
        Assert.Equal(expected.Phrases.Count, found.Phrases.Count);
        Assert.All(
            expected.Phrases.Zip(found.Phrases),
            pair => Assert.InRange(Math.Abs(pair.First.Mask.Area - pair.Second.Mask.Area), 0, 4)
        );
        Assert.Empty(found.Warnings.Except(expected.Warnings));
    }

    private GroundingOutput Output(ComputeDevice place, GroundingParts parts, MaskFeatureRoute route, bool padded)
    {
        using var diffusion = Open(place);
        using var model = Model(diffusion, TinyGrounding.Config with { Parts = parts, MaskFeature = route });
        var valid = padded ? tensor(new[] { true, true, true, true, true, true, false, false }, [2, TinyGrounding.N]) : null;
        return model.call(On(TinyGrounding.Input(valid), place.Device));
    }

    private (Dictionary<string, Tensor> Gradients, float Loss) Gradients(ComputeDevice place, bool savesMemory)
    {
        using var scope = NewDisposeScope();
        using var diffusion = Open(place);
        using var model = Model(diffusion, TinyGrounding.Config);
        model.SavesMemory = savesMemory;
        foreach (var parameter in model.parameters())
            parameter.requires_grad_(true);
        using var output = model.call(On(TinyGrounding.Input(), place.Device));
        var target = TinyGrounding.Target();
        using var points = new ShiftedPoints(place.Device, model.Config.Loss);
        using var losses = new GroundingLoss(model.Config.Loss, points.For([1, 2, 3, 4, 5, 6, 7, 8])).Compute(
            output,
            target with
            {
                Masks = target.Masks.to(place.Device),
                Classes = target.Classes.to(place.Device),
            }
        );
        losses.Total.backward();
        return (
            model
                .NamedTensors()
                .Where(pair => pair.Tensor.grad is not null)
                .ToDictionary(pair => pair.Name, pair => pair.Tensor.grad!.cpu().clone().MoveToOuterDisposeScope()),
            losses.Total.item<float>()
        );
    }

    private StableDiffusion Open(ComputeDevice place) => Paced(StableDiffusion.Open(tiny.Path, Rearrangement.None, place: place), place);

    private static T Paced<T>(T holder, ComputeDevice? place)
        where T : notnull => place is null || place.IsCpu ? holder : LazyDevice.Paced(holder);

    private static GroundingModel Model(StableDiffusion diffusion, GroundingConfig config) =>
        Paced(
            GradientCheck
                .Stir(new GroundingModel(diffusion.UNet, diffusion.Vae, config).Initialize(new Generator(31)), new Generator(32))
                .to(diffusion.Place.Device),
            diffusion.Place
        );

    private static GroundingInput On(GroundingInput input, Device device) =>
        new(input.Latents.to(device), input.Phrases.to(device), input.NullPhrase.to(device), input.Valid?.to(device));

    private static void Same(Tensor expected, Tensor found, string what)
    {
        Assert.True(found.IsOn(Lazy) || found.device_type == DeviceType.CPU, what);
        using var scope = NewDisposeScope();
        TensorAssert.Close(expected, found.cpu(), 1e-4 * Math.Max(1, expected.detach().abs().max().item<float>()), what);
    }
}
