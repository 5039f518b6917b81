using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Prompting;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Evaluation;

/// <summary>
/// How well the attention of static prompts ranks a phrase's pixels above the others, block by block, over many narratives.
/// </summary>
/// <remarks>
/// The area under the ROC curve is the chance that a pixel of the phrase has more of its attention than one outside (Hanley and McNeil
/// 1982): 0.5 for a map that knows nothing, whatever its threshold would be. Ground truth measures here, and never trains.
/// </remarks>
/// <param name="unet">The UNet.</param>
/// <param name="schedule">How noise grows.</param>
/// <param name="time">With the noise of which time it reads; none at 1, the method's own.</param>
public sealed class AttentionRanking(UNet unet, NoiseSchedule schedule, long time)
{
    /// <summary>The times that are reported: the method's own, and one whose noise leaves more to the words.</summary>
    public static IReadOnlyList<long> Times { get; } = [1, 150];

    /// <summary>How many narratives are looked at where there are more.</summary>
    public const int Narratives = 64;

    private readonly Dictionary<(int Block, bool Shared, bool Thing), (double Sum, int Count)> _areas = [];
    private ulong _seed;

    /// <summary>Adds a narrative; the n-th one has the same noise each time.</summary>
    /// <param name="latents">[1, C, h, w] of unit variance.</param>
    /// <param name="phrases">[1, N, C_t]</param>
    /// <param name="nullPhrase">[1, C_t]</param>
    /// <param name="letterbox">How the picture lies in the network's input; padding is left out.</param>
    /// <param name="truth">The mask of each of the N phrases, at the picture's size.</param>
    /// <param name="things">Whether each phrase names things.</param>
    /// <param name="stop">Looked at in every block.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Add(
        Tensor latents,
        Tensor phrases,
        Tensor nullPhrase,
        Letterbox letterbox,
        IReadOnlyList<RunLengthMask> truth,
        IReadOnlyList<bool> things,
        CancellationToken stop = default
    )
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var times = tensor(new[] { time }, device: latents.device);
        var read = schedule.AddNoise(latents, time, _seed++);
        using var prompt = new StaticPrompt(new GroundingInput(read, phrases, nullPhrase, null) { Cancellation = stop });
        using var output = unet.call(read, times, prompt);
        foreach (var reading in prompt.PixelReadings)
            Add(reading.Site.Index, reading.Map, letterbox, truth, things);
    }

    /// <summary>The means, a block a row, in the order in which the blocks run.</summary>
    public IReadOnlyList<BlockRanking> Blocks =>
        [
            .. unet.Sites.Select(site => new BlockRanking(
                site.Path,
                8 * site.Stride,
                Mean(site.Index, false, true),
                Mean(site.Index, false, false),
                Mean(site.Index, true, true),
                Mean(site.Index, true, false)
            )),
        ];

    /// <summary>The area under the ROC curve by ranks; equal values share the mean of their ranks.</summary>
    /// <param name="values">The values.</param>
    /// <param name="inside">Which of them should be the larger ones.</param>
    /// <returns>Null where all are, or none is.</returns>
    public static double? Area(float[] values, bool[] inside)
    {
        var (order, count) = (Enumerable.Range(0, values.Length).ToArray(), inside.Count(isInside => isInside));
        if (count == 0 || count == values.Length)
            return null;
        Array.Sort((float[])values.Clone(), order);
        var (sum, start) = (0.0, 0);
        for (var i = 1; i <= order.Length; i++)
        {
            if (i < order.Length && values[order[i]] == values[order[start]])
                continue;
            for (var k = start; k < i; k++)
                if (inside[order[k]])
                    sum += (start + i + 1) / 2.0; // ranks count from 1
            start = i;
        }
        return (sum - (double)count * (count + 1) / 2) / ((double)count * (values.Length - count));
    }

    private void Add(int block, Tensor map, Letterbox letterbox, IReadOnlyList<RunLengthMask> truth, IReadOnlyList<bool> things)
    {
        var (divisor, width) = ((int)(letterbox.Width / map.shape[3]), (int)map.shape[3]);
        var (columns, rows) = ((letterbox.ContentWidth + divisor - 1) / divisor, (letterbox.ContentHeight + divisor - 1) / divisor);
        var values = map.cpu().to(float32).data<float>().ToArray(); // [N, h, w]
        var plane = values.Length / truth.Count;
        int[] pixels = [.. Enumerable.Range(0, plane).Where(pixel => pixel % width < columns && pixel / width < rows)];
        var totals = pixels.Select(pixel => Enumerable.Range(0, truth.Count).Sum(phrase => values[phrase * plane + pixel])).ToArray();
        for (var phrase = 0; phrase < truth.Count; phrase++)
        {
            var (first, inside) = (phrase * plane, letterbox.ToNetwork(truth[phrase], divisor).ToBytes());
            bool[] marks = [.. pixels.Select(pixel => inside[pixel] != 0)];
            Add((block, false, things[phrase]), Area([.. pixels.Select(pixel => values[first + pixel])], marks));
            Add(
                (block, true, things[phrase]),
                Area([.. pixels.Select((pixel, i) => values[first + pixel] / Math.Max(totals[i], float.Epsilon))], marks)
            );
        }
    }

    private void Add((int Block, bool Shared, bool Thing) key, double? area)
    {
        if (area is not { } value)
            return;
        var (sum, count) = _areas.GetValueOrDefault(key);
        _areas[key] = (sum + value, count + 1);
    }

    private double? Mean(int block, bool shared, bool thing) =>
        _areas.TryGetValue((block, shared, thing), out var found) ? found.Sum / found.Count : null;
}
