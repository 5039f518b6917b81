namespace Groundling.Tests.Reliability;

/// <summary>What the environment says of campaigns.</summary>
internal static class Campaign
{
    /// <summary>Where random numbers begin: <c>GROUNDLING_SEED</c>, 1 if not said.</summary>
    public static int Seed => Number("GROUNDLING_SEED", 1);

    /// <summary>A number, or what is usual.</summary>
    public static int Number(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : usual;

    /// <summary>A time in seconds.</summary>
    public static TimeSpan Seconds(string variable, int usual) => TimeSpan.FromSeconds(Number(variable, usual));

    /// <summary>Whether fuzzing goes on: <c>GROUNDLING_FUZZ_SECONDS</c> (60), <c>GROUNDLING_FUZZ_CASES</c> (no limit).</summary>
    public static bool GoesOn(long cases, TimeSpan elapsed) =>
        elapsed < Seconds("GROUNDLING_FUZZ_SECONDS", 60) && cases < Number("GROUNDLING_FUZZ_CASES", int.MaxValue);
}
