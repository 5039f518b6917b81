using System.Diagnostics.Metrics;
using Groundling.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Groundling.Tests.Web;

/// <summary>The line before the model, with works that are no model's.</summary>
public sealed class WorkQueueTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ServiceMetrics _metrics;

    public WorkQueueTests() => _metrics = new(_services.GetRequiredService<IMeterFactory>());

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Who_has_no_turn_in_time_is_told_to_come_later_and_its_work_is_never_begun()
    {
        var queue = new WorkQueue(4, 2, Long, _metrics);
        var running = Task.Run(() => queue.Run(null!));
        using ManualResetEventSlim begun = new(),
            release = new();
        using var patience = new CancellationTokenSource();
        var first = Ask(
            queue,
            _ =>
            {
                begun.Set();
                release.Wait(CancellationToken.None);
                return 1;
            },
            patience.Token
        );
        begun.Wait();
        var wasBegun = false;
        var second = Ask(
            queue,
            _ =>
            {
                wasBegun = true;
                return 2;
            },
            patience.Token
        );
        await patience.CancelAsync();
        var refusal = await Assert.ThrowsAsync<RequestException>(() => second);
        Assert.Equal(429, refusal.Status);
        Assert.NotNull(refusal.RetryAfter);
        release.Set();
        Assert.Equal(1, await first); // it had begun: its patience no longer counts
        queue.Close();
        await running.WaitAsync(Long);
        Assert.False(wasBegun);
        Assert.Equal(0, queue.Length);
    }

    [Fact]
    public async Task Only_work_that_is_too_long_by_itself_is_503()
    {
        var queue = new WorkQueue(4, 2, TimeSpan.FromMilliseconds(100), _metrics);
        var running = Task.Run(() => queue.Run(null!));
        var late = await Assert.ThrowsAsync<RequestException>(() =>
            Ask(
                queue,
                stop =>
                {
                    stop.WaitHandle.WaitOne();
                    stop.ThrowIfCancellationRequested();
                    return 0;
                }
            )
        );
        Assert.Equal(503, late.Status);
        Assert.Equal(7, await Ask(queue, _ => 7));
        queue.Close();
        await running.WaitAsync(Long);
    }

    [Fact]
    public void A_line_that_would_take_longer_than_the_limit_is_full()
    {
        var queue = new WorkQueue(16, 4, TimeSpan.FromSeconds(2.5), _metrics); // a work is taken for a second until one was done
        using var places = new Places(queue, 3);
        var refusal = Assert.Throws<RequestException>(() => queue.Reserve());
        Assert.Equal((429, 3), (refusal.Status, refusal.RetryAfter));
        Assert.Contains("about 3 seconds", refusal.Message);
    }

    /// <summary>Who had the model alone for an hour owes nobody anything for it.</summary>
    [Fact]
    public void Time_that_nobody_else_wanted_is_not_held_against_anyone()
    {
        var (small, large) = (new WorkLine<int>(0.75), new WorkLine<int>(0.25));
        small.Note(3600, isWhole: true);
        large.Add(1, small);
        Assert.True(large.Served >= small.Served);
        large.Note(10, isWhole: true);
        large.Add(2, small);
        small.Add(3, large); // comes while large ones are at work and wait
        Assert.True(small.Served <= large.Served);
    }

    /// <summary>A client that has gone leaves its place, and no picture behind.</summary>
    [Fact]
    public async Task Who_has_gone_takes_no_place()
    {
        var queue = new WorkQueue(2, 4, Long, _metrics);
        using var client = new CancellationTokenSource();
        var place = queue.Reserve();
        var waiting = place.Do((_, _) => 1, "a", CancellationToken.None, client.Token);
        using (queue.Reserve())
            Assert.Throws<RequestException>(() => queue.Reserve());
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        queue.Reserve().Dispose();
        using (new Places(queue, 2))
            Assert.Throws<RequestException>(() => queue.Reserve());
    }

    [Fact]
    public void No_more_than_its_places_are_taken()
    {
        var queue = new WorkQueue(3, 4, Long, _metrics);
        using (new Places(queue, 3))
            Assert.Contains("3 requests wait", Assert.Throws<RequestException>(() => queue.Reserve()).Message);
        queue.Reserve().Dispose();
    }

    [Fact]
    public async Task Who_has_a_place_gets_an_answer_though_the_line_closes()
    {
        var queue = new WorkQueue(4, 2, Long, _metrics);
        var running = Task.Run(() => queue.Run(null!));
        using (var place = queue.Reserve())
        {
            queue.Close();
            Assert.Equal(503, Assert.Throws<RequestException>(() => queue.Reserve()).Status);
            await Task.Delay(50);
            Assert.False(running.IsCompleted);
            Assert.Equal(9, await place.Do((_, _) => 9, 0, default, default));
        }
        await running.WaitAsync(Long);
    }

    [Fact]
    public async Task Small_works_go_before_large_ones_and_these_have_their_share()
    {
        var queue = new WorkQueue(16, 4, Long, _metrics);
        var order = new List<char>();
        var works = new List<Task<int>>();
        foreach (var isLarge in (bool[])[true, true, true, true, false, false, false, false, false, false])
            works.Add(Work(isLarge));
        Assert.Contains("large requests wait", Filled());
        var running = Task.Run(() => queue.Run(null!));
        await Task.WhenAll(works);
        queue.Close();
        await running.WaitAsync(Long);
        // Equal works: a large one for every three small ones, once they have begun.
        Assert.Equal('s', order[1]);
        Assert.InRange(order.Take(8).Count(kind => kind == 'l'), 1, 3);

        async Task<int> Work(bool isLarge)
        {
            using var place = queue.Reserve(isLarge);
            return await place.Do(
                (_, _) =>
                {
                    order.Add(isLarge ? 'l' : 's');
                    Thread.Sleep(10);
                    return 0;
                },
                order,
                default,
                default
            );
        }

        string Filled()
        {
            var places = new List<WorkQueue.Place>();
            try
            {
                for (var i = 0; i < 6; i++)
                    places.Add(queue.Reserve(isLarge: true));
                return "";
            }
            catch (RequestException e)
            {
                return e.Message;
            }
            finally
            {
                places.ForEach(place => place.Dispose());
            }
        }
    }

    private static async Task<int> Ask(WorkQueue queue, Func<CancellationToken, int> work, CancellationToken patience = default)
    {
        using var place = queue.Reserve();
        return await place.Do((_, stop) => work(stop), 0, patience, default);
    }

    private sealed class Places(WorkQueue queue, int count) : IDisposable
    {
        private readonly List<WorkQueue.Place> _places = [.. Enumerable.Range(0, count).Select(_ => queue.Reserve())];

        public void Dispose() => _places.ForEach(place => place.Dispose());
    }
}
