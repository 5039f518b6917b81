using System.Globalization;
using System.Text.Json;
using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Prompting;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling;

/// <summary>One pass as a safetensors file, for people who work in other languages.</summary>
public static class FeatureFile
{
    /// <summary>
    /// Writes <c>image</c> [3, H, W], <c>latents</c> [4, H/8, W/8], <c>tokens</c> [T], <c>words</c> [T, C_t], <c>null_phrase</c> [C_t],
    /// <c>phrases</c> [N, C_t], <c>attention.&lt;module&gt;</c> [heads, h w, 1 + N] for every cross-attention with the null phrase first,
    /// <c>features.stride8</c>, <c>16</c> and <c>32</c> [C, h, w], and <c>masks.diffusion</c> [N, H, W]. Trained parts add
    /// <c>phrases.&lt;module&gt;</c> [N, C_t], what each block's adapter made of the phrases, <c>logits.adapter</c> [N, h, w] and
    /// <c>logits.decoder</c> [N, H/4, W/4]. The header's metadata holds the caption, its phrases, what made the masks, and where the
    /// picture lies in the input.
    /// </summary>
    /// <param name="path">The file; it appears whole or not at all.</param>
    /// <param name="pipeline">The pipeline that made the trace.</param>
    /// <param name="trace">A pass with the attention of all heads.</param>
    /// <param name="caption">The caption it read.</param>
    /// <returns>The number of tensors written.</returns>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static int Write(string path, GroundingPipeline pipeline, GroundingTrace trace, Caption caption)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var tensors = new List<(string, Tensor)>
        {
            ("image", trace.Image[0]),
            ("latents", trace.Latents[0]),
            ("tokens", tensor(trace.Caption.TokenIds.Select(id => (long)id).ToArray(), device: CPU)),
            ("words", trace.Caption.Words),
            ("null_phrase", trace.Caption.NullPhrase),
            ("phrases", trace.Caption.Phrases),
        };
        foreach (var reading in trace.Prompt.PixelReadings)
            if (reading.Heads is { } heads)
                tensors.Add(($"attention.{reading.Site.Path}.attn2", heads[0]));
        tensors.AddRange(trace.UNet.Features.Take(3).Select((feature, level) => ($"features.stride{8 << level}", feature[0])));
        tensors.Add(("masks.diffusion", pipeline.Model.DiffusionMasks(trace.Prompt, 0, caption.Phrases.Count)[0]));
        if (trace.Prompt is DynamicPrompt dynamic)
            tensors.AddRange(
                dynamic.PixelReadings.Zip(dynamic.PhraseReadings, (pixels, phrases) => ($"phrases.{pixels.Site.Path}", phrases.Phrases[0]))
            );
        if (pipeline.Model.AdapterMasks(trace.Prompt) is { } adapter)
            tensors.Add(("logits.adapter", adapter.Masks[0]));
        if (trace.Decoder is { } decoder)
            tensors.Add(("logits.decoder", decoder.Masks[0]));
        var letterbox = trace.Letterbox;
        SafetensorsWriter.Write(
            path,
            tensors,
            new Dictionary<string, string>
            {
                ["caption"] = caption.Text,
                ["phrases"] = JsonSerializer.Serialize(caption.Phrases.Select(phrase => phrase.Text)),
                ["method"] = pipeline.Origin.Method,
                ["picture"] = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{letterbox.SourceWidth}x{letterbox.SourceHeight} pixels, in the input's upper left {letterbox.ContentWidth}x{letterbox.ContentHeight}"
                ),
            }
        );
        return tensors.Count;
    }
}
