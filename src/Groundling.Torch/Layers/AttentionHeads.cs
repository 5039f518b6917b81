using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A projection to or from the heads of an attention (Vaswani et al. 2017, Sec. 3.2.2).</summary>
public static class AttentionHeads
{
    /// <summary>What each head sees of the projected states.</summary>
    /// <param name="projection">From C to D numbers.</param>
    /// <param name="states">[B, T, C]</param>
    /// <param name="heads">How many heads; they divide D.</param>
    /// <returns>[B, heads, T, D / heads]</returns>
    public static Tensor ToHeads(this LinearLayer projection, Tensor states, long heads) =>
        projection.call(states).view(states.shape[0], states.shape[1], heads, -1).transpose(1, 2);

    /// <summary>What the heads found, side by side and projected.</summary>
    /// <param name="projection">From D to C numbers.</param>
    /// <param name="found">[B, heads, T, D / heads]</param>
    /// <returns>[B, T, C]</returns>
    public static Tensor FromHeads(this LinearLayer projection, Tensor found) => projection.call(found.transpose(1, 2).flatten(2));
}
