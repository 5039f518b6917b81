namespace Groundling.Tests.Torch;

/// <summary>Has another thread collect garbage many hundred times a second, so that what nobody holds is soon gone.</summary>
internal sealed class ForcedCollections : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _ends;

    public ForcedCollections()
    {
        _thread = new Thread(() =>
        {
            while (!_ends)
            {
                GC.Collect(Count % 3); // all generations: what has survived one collection is freed by a later one of its own
                Count++;
                Thread.Sleep(1);
            }
        });
        _thread.Start();
    }

    /// <summary>How often it has collected.</summary>
    public int Count { get; private set; }

    public void Dispose()
    {
        _ends = true;
        _thread.Join();
    }
}
