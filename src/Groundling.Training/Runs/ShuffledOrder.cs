using Groundling.Core;

namespace Groundling.Training;

/// <summary>Orders of a list that follow from a seed and an epoch alone.</summary>
public static class ShuffledOrder
{
    /// <summary>Every place of a list once, shuffled.</summary>
    /// <param name="count">Places in the list.</param>
    /// <param name="seed">The same seed gives the same orders.</param>
    /// <param name="epoch">Each epoch has an order of its own.</param>
    public static int[] Of(int count, ulong seed, ulong epoch)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        var random = new SplitMix64(seed * 0xD1342543DE82EF95 ^ epoch * 0xAF251AF3B0F025B5);
        for (int left = order.Length; left > 1; left--)
        {
            int taken = (int)(random.Next() % (ulong)left); // the bias is below 1e-9 for any list that fits memory
            (order[left - 1], order[taken]) = (order[taken], order[left - 1]);
        }
        return order;
    }
}
