namespace Groundling.Core;

/// <summary>Random numbers that are the same on every machine and in every version: SplitMix64 (Steele, Lea and Flood, 2014).</summary>
/// <param name="seed">Where the row begins.</param>
public struct SplitMix64(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state = seed;

    /// <summary>The next number of the row.</summary>
    public ulong Next() => Finish(_state += Step);

    /// <summary>A number from 0 to below <paramref name="count"/>; its bias is below count / 2^32.</summary>
    public int Below(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

    /// <summary>Mixes the bits of a number, so that each of its bits changes half of the result's.</summary>
    public static ulong Finish(ulong number)
    {
        number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9;
        number = (number ^ (number >> 27)) * 0x94D049BB133111EB;
        return number ^ (number >> 31);
    }
}
