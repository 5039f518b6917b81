using Groundling.Training;

namespace Groundling.Tests.Training;

/// <summary>Work in stages gives what work in turn gives, and its stages run beside each other.</summary>
public sealed class StagedWorkTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public void Results_come_in_the_items_order()
    {
        var results = StagedWork.Run(
            Enumerable.Range(0, 50),
            item =>
            {
                Thread.Sleep(item % 3);
                return item;
            },
            ready => 2 * ready,
            made =>
            {
                Thread.Sleep(made % 5);
                return made + 1;
            },
            default
        );
        Assert.Equal(Enumerable.Range(0, 50).Select(item => 2 * item + 1), results);
        Assert.Empty(StagedWork.Run<int, int, int, int>([], item => item, ready => ready, made => made, default));
    }

    [Fact]
    public void While_one_is_worked_on_the_next_is_made_ready_and_the_one_before_is_finished()
    {
        using var ready = new ManualResetEventSlim();
        using var finished = new ManualResetEventSlim();
        var results = StagedWork.Run(
            [0, 1, 2],
            item =>
            {
                if (item == 2)
                    ready.Set();
                return item;
            },
            item =>
            {
                if (item == 1)
                    Assert.True(ready.Wait(Long) && finished.Wait(Long));
                return item;
            },
            item =>
            {
                if (item == 0)
                    finished.Set();
                return item;
            },
            TestContext.Current.CancellationToken
        );
        Assert.Equal([0, 1, 2], results);
    }

    [Theory]
    [InlineData("items")]
    [InlineData("prepare")]
    [InlineData("work")]
    [InlineData("finish")]
    public void What_a_stage_throws_comes_after_the_results_before(string stage)
    {
        int At(string here, int item) => here == stage && item == 3 ? throw new InputException(here) : item;
        var results = new List<int>();
        var thrown = Assert.Throws<InputException>(() =>
            results.AddRange(
                StagedWork.Run(
                    Enumerable.Range(0, 6).Select(item => At("items", item)),
                    item => At("prepare", item),
                    item => At("work", item),
                    item => At("finish", item),
                    default
                )
            )
        );
        Assert.Equal(stage, thrown.Message);
        Assert.Equal([0, 1, 2], results);
    }

    [Fact]
    public void Told_to_stop_it_gives_what_was_worked_on()
    {
        using var stop = new CancellationTokenSource();
        var results = new List<int>();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            results.AddRange(
                StagedWork.Run(
                    Enumerable.Range(0, 6),
                    item => item,
                    item =>
                    {
                        if (item == 2)
                            stop.Cancel();
                        return item;
                    },
                    item => item,
                    stop.Token
                )
            )
        );
        Assert.Equal([0, 1, 2], results);
    }

    [Fact]
    public void Nothing_goes_on_once_the_caller_has_left()
    {
        var running = 0;
        int Busy(int item)
        {
            Interlocked.Increment(ref running);
            Thread.Sleep(50);
            Interlocked.Decrement(ref running);
            return item;
        }
        foreach (var _ in StagedWork.Run(Enumerable.Range(0, 9), Busy, item => item, Busy, default))
            break;
        Assert.Equal(0, Volatile.Read(ref running));
    }
}
