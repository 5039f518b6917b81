using Groundling.Torch;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Aggregation;

/// <summary>
/// Multi-scale deformable attention: a query reads a few learned places on every level (Sec. 3.3; Deformable DETR, eq. 3).
/// </summary>
public sealed class DeformableAttention
    : Module<Tensor, Tensor, Tensor, IReadOnlyList<(long Height, long Width)>, Tensor>,
        IOwnInitialValues
{
    private readonly long _heads,
        _levels,
        _points;

    [ComponentName(Name = "sampling_offsets")]
    private readonly LinearLayer _offsets;

    [ComponentName(Name = "attention_weights")]
    private readonly LinearLayer _weights;

    [ComponentName(Name = "value_proj")]
    private readonly LinearLayer _value;

    [ComponentName(Name = "output_proj")]
    private readonly LinearLayer _out;

    /// <param name="width">D</param>
    /// <param name="heads">It divides <paramref name="width"/>.</param>
    /// <param name="levels">Levels of the pixels.</param>
    /// <param name="points">Places that a head reads on a level.</param>
    public DeformableAttention(long width, long heads, long levels, long points)
        : base(nameof(DeformableAttention))
    {
        (_heads, _levels, _points) = (heads, levels, points);
        _offsets = new(width, heads * levels * points * 2);
        _weights = new(width, heads * levels * points);
        _value = new(width, width);
        _out = new(width, width);
        RegisterComponents();
    }

    /// <param name="queries">[B, Q, D]</param>
    /// <param name="references">[Q, 2] where each query stands, (x, y) in [0, 1].</param>
    /// <param name="pixels">[B, P, D] the pixels of all levels, one level after another.</param>
    /// <param name="sizes">Height and width of every level.</param>
    /// <returns>[B, Q, D]; the caller owns it.</returns>
    public override Tensor forward(Tensor queries, Tensor references, Tensor pixels, IReadOnlyList<(long Height, long Width)> sizes)
    {
        using var scope = NewDisposeScope();
        var (batch, count) = (queries.shape[0], queries.shape[1]);
        var values = _value.call(pixels).view(batch, pixels.shape[1], _heads, -1); // [B, P, heads, d]
        var scale = tensor(
            [.. sizes.SelectMany(size => new[] { (double)size.Width, size.Height })],
            [_levels, 1, 2],
            dtype: queries.dtype,
            device: queries.device
        );
        var offsets = _offsets.call(queries).view(batch, count, _heads, _levels, _points, 2) / scale; // in pixels of each level
        var locations = references.view(1, count, 1, 1, 1, 2).Plus(offsets); // [B, Q, heads, levels, points, 2]
        var weights = functional
            .softmax(_weights.call(queries).view(batch, count, _heads, _levels * _points), -1)
            .view(batch, count, _heads, _levels, _points);
        return _out.call(DeformableSampling.Read(values, sizes, locations, weights)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Heads start by looking in different directions, points at different distances, all with the same weight (Deformable DETR).
    /// </summary>
    Tensor? IOwnInitialValues.InitialValue(string name, long[] shape)
    {
        switch (name)
        {
            case "sampling_offsets.weight" or "attention_weights.weight" or "attention_weights.bias":
                return zeros(shape, device: CPU);
            case "sampling_offsets.bias":
                var offsets = new List<float>();
                for (var head = 0; head < _heads; head++)
                {
                    var (sin, cos) = Math.SinCos(2 * Math.PI * head / _heads);
                    var longest = Math.Max(Math.Abs(sin), Math.Abs(cos));
                    for (var level = 0; level < _levels; level++)
                    for (var point = 1; point <= _points; point++)
                        offsets.AddRange([(float)(point * cos / longest), (float)(point * sin / longest)]);
                }
                return tensor(offsets, device: CPU).to(get_default_dtype());
            default:
                return null;
        }
    }
}
