using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>Where queries, keys or values lie: [B, heads, count, d] in any order of the first three, channels beside each other.</summary>
internal unsafe struct AttentionStates
{
    private float* _start;
    private long _item,
        _head,
        _row;

    /// <summary>A tensor's, which must outlive this.</summary>
    public static AttentionStates Of(Tensor states) =>
        new()
        {
            _start = (float*)LibTorch.DataPointer(states),
            _item = states.stride(0),
            _head = states.stride(1),
            _row = states.stride(2),
        };

    /// <summary>The channels of one.</summary>
    public readonly float* this[long item, long head, long row] => _start + item * _item + head * _head + row * _row;
}
