using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>Noise to latents, step by step and without new noise (DDIM with eta 0: Song et al. 2021, eq. 12).</summary>
/// <param name="schedule">How noise grows with time.</param>
/// <param name="prediction">What predictions mean.</param>
public sealed class DdimSampler(NoiseSchedule schedule, PredictionType prediction)
{
    /// <summary>Goes from noise to latents.</summary>
    /// <param name="noise">[B, 4, h, w] of unit variance.</param>
    /// <param name="steps">Time steps to visit, from 1 to the schedule's.</param>
    /// <param name="predict">The prediction for latents [B, 4, h, w] at a time step; the sampler disposes it.</param>
    /// <param name="done">Told how many steps have been made.</param>
    /// <param name="cancellation">Looked at before each step.</param>
    /// <returns>[B, 4, h, w]; the caller owns it.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Tensor Sample(
        Tensor noise,
        int steps,
        Func<Tensor, int, Tensor> predict,
        Action<int>? done = null,
        CancellationToken cancellation = default
    )
    {
        using var scope = NewDisposeScope();
        var (latents, times) = (noise.alias(), schedule.TimesFor(steps));
        for (var i = 0; i < times.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            latents = Step(latents, predict(latents, times[i]), times[i], i + 1 < times.Count ? times[i + 1] : -1)
                .MoveToOuterDisposeScope();
            done?.Invoke(i + 1);
        }
        return latents.MoveToOuterDisposeScope();
    }

    /// <summary>One step.</summary>
    /// <param name="latents">[B, 4, h, w] x_t.</param>
    /// <param name="predicted">[B, 4, h, w] for x_t.</param>
    /// <param name="time">t</param>
    /// <param name="next">The earlier time to go to; negative for the end.</param>
    /// <returns>[B, 4, h, w] at that time; the caller owns it.</returns>
    public Tensor Step(Tensor latents, Tensor predicted, int time, int next)
    {
        using var scope = NewDisposeScope();
        var (share, nextShare) = (schedule.SignalAt(time), schedule.SignalAt(next));
        var (signal, noise) = (Math.Sqrt(share), Math.Sqrt(1 - share));
        var (start, direction) =
            prediction == PredictionType.Epsilon
                ? ((latents - predicted.Times(noise)).Over(signal), predicted)
                : (latents.Times(signal) - predicted.Times(noise), predicted.Times(signal).Plus(latents.Times(noise)));
        return start.Times(Math.Sqrt(nextShare)).Plus(direction.Times(Math.Sqrt(1 - nextShare))).MoveToOuterDisposeScope();
    }
}
