using Groundling.Core;

namespace Groundling.Scenes;

/// <summary>SplitMix64: small, fast, and the same numbers on every machine.</summary>
internal sealed class SceneRandom(ulong state)
{
    private SplitMix64 _random = new(state);

    /// <summary>One 64-bit word from several, so that near seeds give unrelated streams.</summary>
    public static ulong Combine(ulong a, ulong b) => SplitMix64.Finish(a + 0x9E3779B97F4A7C15UL * (b + 0x632BE59BD9B4E019UL));

    public ulong Next() => _random.Next();

    /// <summary>An independent stream, so that one part of a scene may change its appetite without moving the others.</summary>
    public SceneRandom Fork() => new(SplitMix64.Finish(Next() ^ 0xD1B54A32D192ED03UL));

    /// <summary>Uniform in [0, 1) with 24 bits.</summary>
    public float Float() => (Next() >> 40) * (1f / 16777216f);

    public float Range(float low, float high) => low + (high - low) * Float();

    /// <summary>Around zero, within +-<paramref name="spread"/>, denser in the middle.</summary>
    public float Spread(float spread) => (Float() + Float() - 1f) * spread;

    /// <summary>Uniform in [0, <paramref name="count"/>).</summary>
    public int Int(int count) => _random.Below(count);

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>].</summary>
    public int Int(int low, int high) => low + Int(high - low + 1);

    public bool Chance(float probability) => Float() < probability;

    public T Pick<T>(params ReadOnlySpan<T> items) => items[Int(items.Length)];

    public T Pick<T>(IReadOnlyList<T> items) => items[Int(items.Count)];

    public void Shuffle<T>(List<T> items)
    {
        for (int i = items.Count - 1; i > 0; i--)
        {
            int j = Int(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
