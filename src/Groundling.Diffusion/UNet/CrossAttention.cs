using Groundling.Torch;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>Multi-head attention of pixels to themselves or to a prompt.</summary>
internal sealed class CrossAttention : Module<Tensor, Tensor, Tensor?, Tensor>
{
    private readonly long _heads;

    [ComponentName(Name = "to_q")]
    private readonly LinearLayer _query;

    [ComponentName(Name = "to_k")]
    private readonly LinearLayer _key;

    [ComponentName(Name = "to_v")]
    private readonly LinearLayer _value;

    [ComponentName(Name = "to_out/0")]
    private readonly LinearLayer _out;

    public CrossAttention(long width, long contextWidth, long heads)
        : base(nameof(CrossAttention))
    {
        _heads = heads;
        _query = new(width, width, bias: false);
        _key = new(contextWidth, width, bias: false);
        _value = new(contextWidth, width, bias: false);
        _out = new(width, width);
        RegisterComponents();
    }

    /// <param name="pixels">[B, hw, C]</param>
    /// <param name="context">[B, K, C_t]</param>
    /// <param name="mask">[B, K] true where the context may be read, or null.</param>
    /// <returns>[B, hw, C]</returns>
    public override Tensor forward(Tensor pixels, Tensor context, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var allowed = mask?.unsqueeze(1).unsqueeze(1); // [B, 1, 1, K]
        var read = DotProductAttention.Of(
            _query.ToHeads(pixels, _heads),
            _key.ToHeads(context, _heads),
            _value.ToHeads(context, _heads),
            allowed
        );
        return _out.FromHeads(read).MoveToOuterDisposeScope();
    }

    /// <summary>The same, with the probabilities [B, heads, hw, K].</summary>
    public (Tensor Read, Tensor Attention) Attend(Tensor pixels, Tensor context, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var query = _query.ToHeads(pixels, _heads); // [B, heads, hw, d]
        var scores = query.matmul(_key.ToHeads(context, _heads).transpose(-2, -1)).Over(Math.Sqrt(query.shape[^1]));
        if (mask is not null)
            scores = scores.Unread(mask.logical_not().unsqueeze(1).unsqueeze(1));
        var attention = functional.softmax(scores, -1); // [B, heads, hw, K]
        var read = _out.FromHeads(attention.matmul(_value.ToHeads(context, _heads)));
        return (read.MoveToOuterDisposeScope(), attention.MoveToOuterDisposeScope());
    }

    /// <summary>The mean over heads of the probabilities, [B, hw, K]; a head at a time, as each may be large.</summary>
    public Tensor MeanAttention(Tensor pixels, Tensor context)
    {
        using var scope = NewDisposeScope();
        var (queries, keys) = (_query.ToHeads(pixels, _heads), _key.ToHeads(context, _heads)); // [B, heads, T, d]
        var sum = zeros([pixels.shape[0], pixels.shape[1], context.shape[1]], dtype: queries.dtype, device: queries.device);
        for (var head = 0L; head < _heads; head++)
        {
            using var one = NewDisposeScope();
            var scores = queries.select(1, head).matmul(keys.select(1, head).transpose(-2, -1)).Over(Math.Sqrt(queries.shape[^1]));
            sum.PlusInPlace(functional.softmax(scores, -1));
        }
        return sum.Over(_heads).MoveToOuterDisposeScope();
    }
}
