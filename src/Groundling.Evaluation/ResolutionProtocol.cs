using System.Runtime.InteropServices;
using Groundling.Core;
using Groundling.Data;
using Groundling.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Evaluation;

/// <summary>At which resolution prediction and ground truth meet; published figures follow two different rules.</summary>
public abstract class ResolutionProtocol
{
    private const long ProbabilitiesAtOnce = 1 << 25; // 128 MB of float32

    private protected ResolutionProtocol(string name, string description) => (Name, Description) = (name, description);

    /// <summary>F-LMM's: probabilities are enlarged to the picture's own size.</summary>
    public static ResolutionProtocol Original { get; } = new OriginalProtocol();

    /// <summary>PPMN's: the ground truth is reduced to a quarter of the network's input.</summary>
    public static ResolutionProtocol Ppmn { get; } = new PpmnProtocol();

    /// <summary>Both protocols.</summary>
    public static IReadOnlyList<ResolutionProtocol> All { get; } = [Original, Ppmn];

    /// <summary>"original" or "ppmn".</summary>
    public string Name { get; }

    /// <summary>The protocol in words.</summary>
    public string Description { get; }

    /// <summary>The protocol of a name.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static ResolutionProtocol Named(string name) =>
        All.FirstOrDefault(p => p.Name == name)
        ?? throw new InputException($"protocol {name} is not known: {string.Join(", ", All.Select(p => p.Name))}").About("protocol");

    /// <summary>The size of the masks that are compared.</summary>
    public abstract (int Width, int Height) JudgedSize(Letterbox letterbox);

    /// <summary>The ground truth as it is judged.</summary>
    /// <param name="masks">At the picture's own size.</param>
    /// <param name="letterbox">How the picture lies in the network's input.</param>
    public abstract IReadOnlyList<RunLengthMask> Truth(IReadOnlyList<RunLengthMask> masks, Letterbox letterbox);

    /// <summary>Binary predictions at the picture's own size as they are judged.</summary>
    public abstract RunLengthMask Resized(RunLengthMask mask, Letterbox letterbox);

    /// <summary>The predictions as they are judged.</summary>
    /// <param name="probabilities">At the method's stride.</param>
    /// <param name="threshold">A pixel is inside when its probability is greater.</param>
    /// <param name="letterbox">How a picture of the annotation's size lies in the network's input.</param>
    public IReadOnlyList<RunLengthMask> Predictions(PhraseProbabilities probabilities, double threshold, Letterbox letterbox)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(letterbox);
        var (width, height) = JudgedSize(letterbox);
        var masks = new List<RunLengthMask>();
        var count = probabilities.Map.shape[0];
        var atOnce = Math.Clamp(ProbabilitiesAtOnce / ((long)letterbox.Width * letterbox.Height), 1, 64);
        using var frozen = no_grad();
        for (long first = 0; first < count; first += atOnce)
        {
            using var scope = NewDisposeScope();
            var some = probabilities.Map.narrow(0, first, Math.Min(atOnce, count - first)).unsqueeze(0);
            var near = Content(some, probabilities.Letterbox).to(float32).cpu().contiguous(); // at once: each copy from a card waits for it
            for (long i = 0; i < near.shape[1]; i++)
                masks.Add(
                    RunLengthMask.FromProbabilities(
                        MemoryMarshal.Cast<byte, float>(near[0, i].bytes),
                        (int)near.shape[3],
                        (int)near.shape[2],
                        width,
                        height,
                        threshold,
                        out _
                    )
                );
        }
        return masks;
    }

    /// <summary>What lies in the picture, before it is brought to the size that is judged.</summary>
    /// <param name="map">[1, n, H_0/s, W_0/s]</param>
    /// <param name="letterbox">H_0 x W_0.</param>
    /// <returns>[1, n, rows, columns] without padding.</returns>
    private protected abstract Tensor Content(Tensor map, Letterbox letterbox);

    private protected static Tensor Bilinear(Tensor map, long height, long width) =>
        map.shape[^2] == height && map.shape[^1] == width
            ? map
            : functional.interpolate(map, size: [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
}
