using Groundling.Torch;

namespace Groundling.Tests.Torch;

/// <summary>The collector is the whole process's, so nothing runs beside these.</summary>
[CollectionDefinition(nameof(CollectionPauseTests), DisableParallelization = true)]
[Collection(nameof(CollectionPauseTests))]
public sealed class CollectionPauseTests
{
    private const int Piece = 1 << 20;

    [Fact]
    public void Nothing_is_collected_until_the_last_pause_ends()
    {
        using (CollectionPause.Begin())
        {
            var before = GC.CollectionCount(0);
            using (CollectionPause.Begin())
                Allocate(CollectionPause.LargestAllocation / 4);
            Allocate(CollectionPause.LargestAllocation / 4);
            Assert.Equal(before, GC.CollectionCount(0));
        }
        var after = GC.CollectionCount(0);
        Allocate(CollectionPause.LargestAllocation * 4);
        Assert.True(GC.CollectionCount(0) > after);
    }

    [Fact]
    public void A_pause_ends_by_itself_where_more_is_allocated_and_another_can_begin()
    {
        using (CollectionPause.Begin())
            Allocate(CollectionPause.LargestAllocation * 4);
        Nothing_is_collected_until_the_last_pause_ends();
    }

    /// <summary>In small pieces, as those go where collections begin.</summary>
    private static void Allocate(long bytes)
    {
        for (var rest = bytes; rest > 0; rest -= Piece)
        for (var i = 0; i < Piece; i += 1 << 14)
            GC.KeepAlive(new byte[1 << 14]);
    }
}
