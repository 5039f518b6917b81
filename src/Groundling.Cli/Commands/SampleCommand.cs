using System.CommandLine;
using Groundling.Core;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Evaluation;
using Groundling.Torch;
using Groundling.Training;
using Groundling.Web;
using TorchSharp;

namespace Groundling.Cli.Commands;

/// <summary>groundling sample: pictures of a caption, to see what a model knows.</summary>
internal static class SampleCommand
{
    public static Command Create(CancellationToken stop)
    {
        var captions = new Argument<string[]>("CAPTION")
        {
            Description = "What a picture is to show; \"\" for anything",
            Arity = ArgumentArity.OneOrMore,
        };
        var parts = new ModelOptions();
        var (model, yes) = (parts.Frozen, parts.Yes);
        model.Description =
            "A Stable Diffusion 1.x or 2.x: a folder in the diffusers layout, a whole model's .safetensors file, or OWNER/NAME[@REVISION] of the hub; if not given, one that comes with the program";
        var (size, threads, quiet) = (CommonOptions.Size(), CommonOptions.Threads(), CommonOptions.Quiet());
        var device = new DeviceOptions();
        size.Description = "Rows and columns of the picture, a multiple of 64; the model's own size if not given";
        var usual = new SamplingOptions();
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same picture", HelpName = "S" };
        var steps = new Option<int>("--steps")
        {
            Description = "Steps from noise to picture",
            HelpName = "N",
            DefaultValueFactory = _ => usual.Steps,
        };
        var guidance = NumberOption.Required("--guidance", usual.Guidance);
        (guidance.Description, guidance.HelpName) = ("How closely to follow the caption; 1 for as learnt", "G");
        var count = new Option<int>("--count", "-n")
        {
            Description = "Pictures of each caption; picture i has the seed S + i",
            HelpName = "N",
            DefaultValueFactory = _ => usual.Count,
        };
        var output = new Option<string>("--out", "-o")
        {
            Description =
                "The PNG file; of several, NAME-0.png, NAME-1.png and so on, caption by caption; the caption is written beside each, so that ground finds it",
            HelpName = "FILE",
            DefaultValueFactory = _ => "sample.png",
        };
        var grid = new Option<int?>("--grid") { Description = "Put all pictures into one PNG, N to a row", HelpName = "N" };
        var command = new Command("sample", "Make pictures of captions with a text-to-image model.")
        {
            captions,
            model,
            yes,
            parts.Vae,
            parts.Tokenizer,
            seed,
            steps,
            guidance,
            count,
            size,
            output,
            grid,
            device.Name,
            device.Kind,
            threads,
            quiet,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(seed) < 0)
                throw new InputException($"--seed {parsed.GetValue(seed)} is out of range: 0 or more");
            if (parsed.GetValue(grid) is < 1 or > 64)
                throw new InputException($"--grid {parsed.GetValue(grid)} is out of range: 1 to 64");
            var options = new SamplingOptions
            {
                Seed = (ulong)parsed.GetValue(seed),
                Steps = parsed.GetValue(steps),
                Guidance = parsed.GetValue(guidance),
                Count = parsed.GetValue(count),
                Size = parsed.GetValue(size),
            }.Validated();
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var texts = parsed.GetValue(captions)!;
            var files = Files(parsed.GetValue(output)!, parsed.GetValue(grid) is null ? texts.Length * options.Count : 1);
            var choice = parts.Read(parsed, stop);
            using var scope = torch.NewDisposeScope();
            var images = Sample(
                choice,
                device.Read(parsed).Find(),
                texts,
                options,
                parsed.GetValue(quiet),
                parsed.InvocationConfiguration.Error,
                stop
            );
            if (parsed.GetValue(grid) is { } columns)
                Write(files[0], torch.cat([.. images]), columns);
            else
                for (var i = 0; i < files.Count; i++)
                {
                    Write(files[i], images[i], 1);
                    AtomicFile.WriteText(Path.ChangeExtension(files[i], ".txt"), texts[i / options.Count] + "\n");
                }
            if (!parsed.GetValue(quiet))
                parsed.InvocationConfiguration.Output.WriteLine(string.Join(' ', files));
        });
        return command;
    }

    /// <summary>[1, 3, H, W] each, caption by caption.</summary>
    private static IReadOnlyList<torch.Tensor> Sample(
        ModelChoice model,
        ComputeDevice place,
        string[] captions,
        SamplingOptions options,
        bool quiet,
        TextWriter messages,
        CancellationToken stop
    )
    {
        using var diffusion = StableDiffusion.Open(model.Frozen, place: place, vae: model.Vae, tokenizer: model.Tokenizer);
        if (diffusion.UnreadWords(captions) is { } warning)
            messages.WriteLine($"warning: {warning}");
        var sampler = new ImageSampler(
            diffusion.Tokenizer,
            diffusion.Text,
            diffusion.Vae,
            diffusion.UNet,
            diffusion.Schedule,
            diffusion.Prediction
        );
        var images = new List<torch.Tensor>();
        Terminal.WithProgress(
            messages,
            quiet,
            "sampling",
            captions.Length * options.Steps,
            report =>
            {
                foreach (var caption in captions)
                {
                    var before = images.Count / options.Count * options.Steps;
                    using var pass = place.BeginPass();
                    images.AddRange(sampler.Sample(caption, options, done => report(before + done), stop).split(1));
                }
            }
        );
        return images;
    }

    private static void Write(string file, torch.Tensor images, int columns)
    {
        var png = PictureGrid.Of(images, columns).EncodePng();
        AtomicFile.Write(file, stream => stream.Write(png));
    }

    private static IReadOnlyList<string> Files(string path, int count)
    {
        if (path.Length == 0 || Directory.Exists(path))
            throw new InputException($"--out {path}: name a PNG file to write");
        var parent = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(parent))
            throw new InputException($"--out {path}: there is no folder {parent}");
        var stem = path.EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? path[..^4] : path;
        string[] files = count == 1 ? [$"{stem}.png"] : [.. Enumerable.Range(0, count).Select(i => $"{stem}-{i}.png")];
        OutputPlace.Require(
            parent,
            files.SelectMany(file => new[] { file, Path.ChangeExtension(file, ".txt") }).Select(Path.GetFileName).OfType<string>()
        );
        return files;
    }
}
