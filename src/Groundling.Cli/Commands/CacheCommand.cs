using System.CommandLine;
using System.Globalization;
using Groundling.Data;
using Groundling.Torch;

namespace Groundling.Cli.Commands;

/// <summary>groundling cache: the weights that were rearranged for this machine, and are kept between processes.</summary>
internal static class CacheCommand
{
    public static Command Create(CancellationToken stop)
    {
        var command = new Command("cache", "List, fill or clear the weights that were rearranged for this machine.")
        {
            List(),
            Fill(stop),
            Clear(),
        };
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Show what is kept, and how large it is.");
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var entries = PackCacheEntry.All(PackCache.DefaultRoot).OrderByDescending(entry => entry.LastUsed).ToList();
            foreach (var entry in entries)
                output.WriteLine(
                    $"{entry.Folder}: {entry.Files} files, {entry.Bytes / 1e6:F1} MB, last used {entry.LastUsed.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}"
                );
            output.WriteLine(
                $"{PackCache.DefaultRoot}: {entries.Count} models, {entries.Sum(entry => entry.Bytes) / 1e6:F1} MB of {PackCache.UsualLargest / 1e9:F0} GB at most"
            );
        });
        return command;
    }

    private static Command Fill(CancellationToken stop)
    {
        var (model, size, device, threads) = (new ModelOptions(), CommonOptions.Size(), new DeviceOptions(), CommonOptions.Threads());
        var command = new Command("fill", "Rearrange a model's weights now, so that the first picture need not wait for it.")
        {
            model.Frozen,
            model.Trained,
            model.Vae,
            model.Tokenizer,
            model.Yes,
            size,
            device.Kind,
            threads,
        };
        command.SetAction(parsed =>
        {
            var options = new GroundingOptions { Size = parsed.GetValue(size) }.Validated();
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var chosen = model.Read(parsed, stop);
            using var pipeline = chosen.Open(Rearrangement.ManyPasses, device.Read(parsed).Find());
            var side = options.Size is > 0 and { } asked ? asked : pipeline.NativeSize; // 0 is a picture's own, and there is none
            pipeline.Ground(new Picture(side, side, new byte[3 * side * side]), Caption.ParseBrackets("[a] and [b]"), options, stop);
            var entries = PackCacheEntry.All(PackCache.DefaultRoot);
            parsed.InvocationConfiguration.Output.WriteLine(
                $"{PackCache.DefaultRoot}: {entries.Count} models, {entries.Sum(entry => entry.Bytes) / 1e6:F1} MB"
            );
        });
        return command;
    }

    private static Command Clear()
    {
        var command = new Command("clear", "Remove all that is kept; it is made again when it is next needed.");
        command.SetAction(parsed =>
        {
            var entries = PackCacheEntry.All(PackCache.DefaultRoot);
            var left = entries.Where(entry => !entry.Remove()).ToList();
            parsed.InvocationConfiguration.Output.WriteLine(
                $"{(entries.Sum(entry => entry.Bytes) - left.Sum(entry => entry.Bytes)) / 1e6:F1} MB removed"
            );
            if (left.Count > 0)
                throw new InputException($"{left[0].Folder} cannot be removed; remove it by hand");
        });
        return command;
    }
}
