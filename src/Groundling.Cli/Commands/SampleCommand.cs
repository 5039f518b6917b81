using System.CommandLine;
using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Torch;
using Groundling.Training;
using TorchSharp;

namespace Groundling.Cli.Commands;

/// <summary>groundling sample: pictures of a caption, to see what a model knows.</summary>
internal static class SampleCommand
{
    public static Command Create(CancellationToken stop)
    {
        var caption = new Argument<string>("CAPTION") { Description = "What the picture is to show; \"\" for anything" };
        var model = new Option<string?>("--model", "-m") { Description = "A Stable Diffusion 1.x or 2.x folder in the diffusers layout; the embedded model of drawn scenes if not given", HelpName = "DIR" };
        var (size, threads, quiet) = (CommonOptions.Size(), CommonOptions.Threads(), CommonOptions.Quiet());
        size.Description = "Rows and columns of the picture, a multiple of 64; the model's own size if not given";
        var usual = new SamplingOptions();
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same picture", HelpName = "S" };
        var steps = new Option<int>("--steps") { Description = "Steps from noise to picture", HelpName = "N", DefaultValueFactory = _ => usual.Steps };
        var guidance = new Option<double>("--guidance") { Description = "How closely to follow the caption; 1 for as learnt", HelpName = "G", DefaultValueFactory = _ => usual.Guidance };
        var count = new Option<int>("--count", "-n") { Description = "Pictures; picture i has the seed S + i", HelpName = "N", DefaultValueFactory = _ => usual.Count };
        var output = new Option<string>("--out", "-o") { Description = "The PNG file; of several, NAME-0.png, NAME-1.png and so on", HelpName = "FILE", DefaultValueFactory = _ => "sample.png" };
        var command = new Command("sample", "Make pictures of a caption with a text-to-image model.") { caption, model, seed, steps, guidance, count, size, output, threads, quiet };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(seed) < 0) throw new InputException($"--seed {parsed.GetValue(seed)} is out of range: 0 or more");
            var options = new SamplingOptions
            {
                Seed = (ulong)parsed.GetValue(seed), Steps = parsed.GetValue(steps), Guidance = parsed.GetValue(guidance), Count = parsed.GetValue(count), Size = parsed.GetValue(size),
            }.Validated();
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var files = Files(parsed.GetValue(output)!, options.Count);
            using var diffusion = StableDiffusion.Open(parsed.GetValue(model) ?? EmbeddedModel.Path);
            var sampler = new ImageSampler(diffusion.Tokenizer, diffusion.Text, diffusion.Vae, diffusion.UNet, diffusion.Schedule, diffusion.Prediction);
            var isQuiet = parsed.GetValue(quiet);
            Terminal.WithProgress(parsed.InvocationConfiguration.Error, isQuiet, "sampling", options.Steps, report =>
            {
                using var images = sampler.Sample(parsed.GetValue(caption)!, options, done => report(done), stop);
                for (var i = 0; i < files.Count; i++)
                {
                    using var image = images.narrow(0, i, 1);
                    var png = PictureGrid.Of(image, 1).EncodePng();
                    AtomicFile.Write(files[i], stream => stream.Write(png));
                }
            });
            if (!isQuiet) parsed.InvocationConfiguration.Output.WriteLine(string.Join(' ', files));
        });
        return command;
    }

    private static IReadOnlyList<string> Files(string path, int count)
    {
        if (path.Length == 0 || Directory.Exists(path)) throw new InputException($"--out {path}: name a PNG file to write");
        var parent = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(parent)) throw new InputException($"--out {path}: there is no folder {parent}");
        var stem = path.EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? path[..^4] : path;
        return count == 1 ? [$"{stem}.png"] : [.. Enumerable.Range(0, count).Select(i => $"{stem}-{i}.png")];
    }
}
