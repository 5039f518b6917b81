using System.CommandLine;
using Groundling.Torch;
using Groundling.Training;
using static TorchSharp.torch;

namespace Groundling.Cli.Commands;

/// <summary>groundling pretrain: a small Stable Diffusion on a benchmark's pictures and captions.</summary>
internal static class PretrainCommand
{
    private sealed record Request(
        string Config,
        IReadOnlyList<string> Changes,
        string Data,
        string Output,
        DeviceChoice Device,
        int? Threads,
        bool Resume,
        bool Quiet
    );

    public static Command Create(ICollective processes, CancellationToken stop)
    {
        var config = new Argument<string>("CONFIG") { Description = "The pretraining's config, such as configs/pretrain-scenes.json" };
        var data = new Option<string>("--data", "-d")
        {
            Description = "The benchmark's folder, with \"annotations\" and \"images\"",
            HelpName = "DIR",
            Required = true,
        };
        var output = new Option<string>("--out", "-o")
        {
            Description = "The folder for the stages' runs and the model",
            HelpName = "RUN",
            Required = true,
        };
        var changes = new Option<string[]>("--set")
        {
            Description = "A value instead of the config's: --set vae.steps=40 --set diffusion.batchSize=8",
            HelpName = "KEY=VALUE",
            AllowMultipleArgumentsPerToken = true,
        };
        var (device, threads) = (new DeviceOptions(), CommonOptions.Threads());
        var resume = new Option<bool>("--resume") { Description = "Go on with a pretraining that was stopped or killed" };
        var quiet = CommonOptions.Quiet();
        var command = new Command(
            "pretrain",
            "Train a small text-to-image model from nothing: vocabulary, autoencoder, text encoder and UNet."
        )
        {
            config,
            data,
            output,
            changes,
            device.Name,
            device.Kind,
            threads,
            resume,
            quiet,
        };
        command.SetAction(parsed =>
        {
            var request = new Request(
                parsed.GetValue(config)!,
                parsed.GetValue(changes) ?? [],
                parsed.GetValue(data)!,
                parsed.GetValue(output)!,
                device.Read(parsed),
                parsed.GetValue(threads),
                parsed.GetValue(resume),
                parsed.GetValue(quiet)
            );
            CommonOptions.UseThreads(request.Threads);
            return Run(request, processes, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, stop);
        });
        return command;
    }

    private static int Run(Request request, ICollective processes, TextWriter results, TextWriter messages, CancellationToken stop)
    {
        var quiet = request.Quiet || processes.Rank > 0;
        var config = PretrainConfig.Read(request.Config, request.Changes);
        config = config with
        {
            Vae = request.Device.Over(config.Vae),
            Text = request.Device.Over(config.Text),
            Diffusion = request.Device.Over(config.Diffusion),
        };
        foreach (var settings in (TrainingSettings[])[config.Vae, config.Text, config.Diffusion])
        {
            var place = settings.FindDevice(processes); // one that cannot be used shows before the first stage
            if (!quiet && settings == config.Diffusion)
                messages.WriteLine($"trains on {place}");
        }
        var pretraining = new Pretraining(config, request.Data, request.Output, request.Resume, processes);
        foreach (var fault in pretraining.Faults.Describe())
            messages.WriteLine($"warning: {fault}");
        Terminal.WithProgress(messages, quiet, "decoding pictures", pretraining.Pictures, report => pretraining.Prepare(report, stop));
        if (pretraining.TrainsVae && Train(pretraining.TrainVae, pretraining.VaePath) is not 0 and var stopped)
            return stopped;
        if (pretraining.TrainsText && Train(pretraining.TrainText, pretraining.TextPath) is not 0 and var halted)
            return halted;
        Terminal.WithProgress(
            messages,
            quiet,
            "encoding pictures",
            pretraining.Pictures,
            report => pretraining.PrepareDiffusion(report, stop)
        );
        if (Train(pretraining.TrainDiffusion, pretraining.DiffusionPath) is not 0 and var interrupted)
            return interrupted;
        pretraining.WriteModel(stop);
        if (!quiet)
            results.WriteLine($"{pretraining.ModelPath}: the trained model");
        return 0;

        int Train(Func<ITrainingObserver?, CancellationToken, TrainingOutcome> stage, string path) =>
            TrainingDisplay.Report(
                TrainingDisplay.Show(messages, quiet, observer => stage(observer, stop)),
                path,
                results,
                messages,
                quiet
            );
    }
}
