using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>The captions of a batch of pictures on their way through the text encoder, each made a prompt of its kind.</summary>
/// <remarks>A caption's prompt does not depend on the others of the batch.</remarks>
public sealed class PromptBatch
{
    private readonly List<long> _ids = [],
        _sources = [],
        _slots = [];
    private readonly List<float> _weights = [];
    private readonly List<List<int[]>> _prompts = []; // of each picture, of each state of its prompt: the rows' states it is the mean of
    private readonly int _positions;

    /// <param name="captions">A caption, its rows, and what to make of it, for each picture.</param>
    /// <param name="empty">The rows of a caption without words.</param>
    public PromptBatch(IEnumerable<(Caption Caption, CaptionRows Rows, PromptKind Kind)> captions, CaptionRows empty)
    {
        _positions = empty.Rows[0].Length;
        foreach (var (caption, rows, kind) in captions)
        {
            var (chosen, first) = (kind == PromptKind.None ? empty : rows, _ids.Count);
            foreach (var row in chosen.Rows)
                _ids.AddRange(row);
            _prompts.Add(
                kind == PromptKind.Phrases
                    ?
                    [
                        [first],
                        .. caption
                            .Phrases.Select(phrase => chosen.PlacesOf(phrase.Start, phrase.Length).Select(place => first + place).ToArray())
                            .Where(places => places.Length > 0),
                    ]
                    : [.. Enumerable.Range(first, chosen.Rows.Count * _positions).Select(place => (int[])[place])]
            );
        }
        Length = _prompts.Max(prompt => prompt.Count);
        for (var picture = 0; picture < _prompts.Count; picture++)
        for (var state = 0; state < _prompts[picture].Count; state++)
            foreach (var source in _prompts[picture][state])
            {
                _sources.Add(source);
                _slots.Add((long)picture * Length + state);
                _weights.Add(1f / _prompts[picture][state].Length);
            }
    }

    /// <summary>States of the longest prompt, K.</summary>
    public int Length { get; }

    /// <summary>The prompts.</summary>
    /// <param name="text">The text encoder.</param>
    /// <returns>
    /// [B, K, C_t], zero where a prompt is shorter, and [B, K] true where it is not, or null where all are as long; the caller owns them.
    /// </returns>
    public (Tensor States, Tensor? Mask) Encode(TextEncoder text)
    {
        using var scope = NewDisposeScope();
        var (count, width, device) = (_prompts.Count, text.Config.Width, text.Device());
        var states = text.call(tensor(_ids, [_ids.Count / _positions, _positions], device: device)).view(-1, width); // [rows T, Ct]
        var parts = states.index_select(0, tensor(_sources, device: device)) * tensor(_weights, device: device).unsqueeze(1);
        var prompts = zeros(count * Length, width, device: device).PlusAt(tensor(_slots, device: device), parts).view(count, Length, width);
        if (_prompts.All(prompt => prompt.Count == Length))
            return (prompts.MoveToOuterDisposeScope(), null);
        var mask = tensor(
            _prompts.SelectMany(prompt => Enumerable.Range(0, Length).Select(i => i < prompt.Count)).ToArray(),
            [count, Length],
            device: device
        );
        return (prompts.MoveToOuterDisposeScope(), mask.MoveToOuterDisposeScope());
    }
}
