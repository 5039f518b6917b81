using Groundling.Torch;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Layers;

/// <summary>Multi-head attention whose width may differ from that of what it reads.</summary>
internal sealed class MultiHeadAttention : Module<Tensor, Tensor, Tensor, Tensor?, Tensor>
{
    private readonly long _heads;

    [ComponentName(Name = "to_q")]
    private readonly LinearLayer _query;

    [ComponentName(Name = "to_k")]
    private readonly LinearLayer _key;

    [ComponentName(Name = "to_v")]
    private readonly LinearLayer _value;

    [ComponentName(Name = "to_out")]
    private readonly LinearLayer _out;

    /// <param name="width">Width of queries and of the result.</param>
    /// <param name="readWidth">Width of keys and values.</param>
    /// <param name="heads">It divides <paramref name="width"/>.</param>
    public MultiHeadAttention(long width, long readWidth, long heads)
        : base(nameof(MultiHeadAttention))
    {
        _heads = heads;
        _query = new(width, width);
        _key = new(readWidth, width, bias: false); // a bias would be the same for all keys: the softmax cannot see it
        _value = new(readWidth, width);
        _out = new(width, width);
        RegisterComponents();
    }

    /// <param name="queries">[B, Q, D]</param>
    /// <param name="keys">[B, K, C]</param>
    /// <param name="values">[B, K, C]</param>
    /// <param name="readable">[B, 1, 1 or Q, K] true where a query may read, or null; no query may be without any.</param>
    /// <returns>[B, Q, D]</returns>
    public override Tensor forward(Tensor queries, Tensor keys, Tensor values, Tensor? readable)
    {
        using var scope = NewDisposeScope();
        var read = functional.scaled_dot_product_attention(
            _query.ToHeads(queries, _heads),
            _key.ToHeads(keys, _heads),
            _value.ToHeads(values, _heads),
            readable
        );
        return _out.FromHeads(read).MoveToOuterDisposeScope();
    }

    /// <summary>The same with the logits [B, heads, Q, K], before <paramref name="readable"/> is applied to them.</summary>
    public (Tensor Read, Tensor Logits) Attend(Tensor queries, Tensor states, Tensor? readable)
    {
        using var scope = NewDisposeScope();
        var query = _query.ToHeads(queries, _heads); // [B, heads, Q, d]
        var logits = query.matmul(_key.ToHeads(states, _heads).transpose(-2, -1)).Over(Math.Sqrt(query.shape[^1]));
        var allowed = readable is null ? logits : logits.Unread(readable.logical_not());
        var read = _out.FromHeads(functional.softmax(allowed, -1).matmul(_value.ToHeads(states, _heads)));
        return (read.MoveToOuterDisposeScope(), logits.MoveToOuterDisposeScope());
    }
}
