namespace Groundling.Data;

/// <summary>The examples of one step.</summary>
/// <param name="Number">The batch's place in its epoch, from 0.</param>
/// <param name="Samples">At most a batch's worth: examples whose files cannot be used are left out.</param>
public sealed record Batch(int Number, IReadOnlyList<BatchSample> Samples) : IDisposable
{
    /// <summary>Gives the memory of all samples back.</summary>
    public void Dispose()
    {
        foreach (var sample in Samples)
            sample.Dispose();
    }
}
