using System.Runtime.CompilerServices;
using Groundling.Data;
using Groundling.Data.NounPhrases;

namespace Groundling.Tests.Method;

/// <summary>Many pictures through one pipeline.</summary>
public class GroundingStreamTests(TinyModel tiny)
{
    private static readonly Caption TwoPhrases = Caption.ParseBrackets("[a man] on [a grey horse]");
    private static readonly GroundingOptions Options = new() { Size = 64, Threshold = 0.3 };

    [Fact]
    public async Task Results_come_in_order_and_are_those_of_one_by_one()
    {
        var pictures = Enumerable.Range(0, 5).Select(Gradient).ToList();
        var results = await tiny
            .Pipeline.GroundAsync(pictures.Select((picture, i) => Source($"{i}", () => picture)), Options)
            .ToListAsync();
        Assert.Equal(["0", "1", "2", "3", "4"], results.Select(result => result.Source.Name));
        Assert.Equal(
            pictures.Select(picture => Words(tiny.Pipeline.Ground(picture, TwoPhrases, Options))),
            results.Select(result => Words(result.Required))
        );
        Assert.Equal(5, results.Select(result => Words(result.Required)).Distinct().Count());
    }

    [Fact]
    public async Task One_bad_picture_is_a_result_and_the_others_go_on()
    {
        CaptionedPicture[] pictures =
        [
            Source("good", () => Gradient(0)),
            CaptionedPicture.FromFile("nowhere.png", TwoPhrases),
            Source("huge", () => TinyModel.Gradient(4_200, 8)),
            Source("last", () => Gradient(1)),
        ];
        var results = await tiny.Pipeline.GroundAsync(pictures, Options with { Size = 0 }).ToListAsync();
        Assert.Equal([true, false, false, true], results.Select(result => result.Fault is null));
        Assert.Equal([true, false, false, true], results.Select(result => result.Grounding is not null));
        Assert.Contains("nowhere.png", results[1].Fault!.Message);
        Assert.Contains("huge: a picture of 4200 x 8", Assert.Throws<InputException>(() => results[2].Required).Message);
    }

    [Fact]
    public async Task A_fault_that_is_not_the_pictures_ends_the_enumeration_after_what_went_before()
    {
        CaptionedPicture[] pictures =
        [
            Source("good", () => Gradient(0)),
            Source("broken", () => throw new InvalidOperationException("a mistake")),
        ];
        await using var results = tiny.Pipeline.GroundAsync(pictures, Options).GetAsyncEnumerator();
        Assert.True(await results.MoveNextAsync());
        Assert.Equal("a mistake", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await results.MoveNextAsync())).Message);
    }

    [Fact]
    public async Task The_next_picture_is_read_ahead_and_no_other()
    {
        var reads = Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource()).ToList();
        await using var results = tiny
            .Pipeline.GroundAsync(Enumerable.Range(0, 4).Select(i => Source($"{i}", () => Signalled(i))), Options)
            .GetAsyncEnumerator();
        Assert.True(await results.MoveNextAsync());
        await reads[1].Task.WaitAsync(TimeSpan.FromSeconds(30)); // nobody asked for it yet
        await Task.Delay(50);
        Assert.False(reads[2].Task.IsCompleted);
        Assert.True(await results.MoveNextAsync());
        await reads[2].Task.WaitAsync(TimeSpan.FromSeconds(30));

        Picture Signalled(int i)
        {
            reads[i].SetResult();
            return Gradient(i);
        }
    }

    [Fact]
    public async Task Cancelling_ends_the_work_and_leaves_the_pipeline_usable()
    {
        using var stop = new CancellationTokenSource();
        var results = tiny.Pipeline.GroundAsync(
            Enumerable.Range(0, 100).Select(i => Source($"{i}", () => Stopping(i))),
            Options,
            stop.Token
        );
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var result in results)
                seen++;
        });
        Assert.InRange(seen, 2, 3); // the fourth was being read
        Assert.Equal(2, tiny.Pipeline.Ground(Gradient(0), TwoPhrases, Options).Phrases.Count);

        Picture Stopping(int i)
        {
            if (i == 3)
                stop.Cancel();
            return Gradient(i);
        }
    }

    [Fact]
    public async Task Leaving_early_lets_the_source_go_though_it_has_nothing_yet()
    {
        var released = false;
        await foreach (var _ in tiny.Pipeline.GroundAsync(Endless(), Options))
            break;
        Assert.True(released);

        async IAsyncEnumerable<CaptionedPicture> Endless([EnumeratorCancellation] CancellationToken stop = default)
        {
            try
            {
                yield return Source("only", () => Gradient(0));
                await Task.Delay(Timeout.Infinite, stop);
            }
            finally
            {
                released = true;
            }
        }
    }

    [Fact]
    public async Task Two_enumerations_at_once_get_what_one_gets()
    {
        var pictures = Enumerable.Range(0, 4).Select(Gradient).ToList();
        var expected = pictures.Select(picture => Words(tiny.Pipeline.Ground(picture, TwoPhrases, Options))).ToList();
        var both = await Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(_ =>
                    Task.Run(async () =>
                        await tiny
                            .Pipeline.GroundAsync(pictures.Select(picture => Source("same", () => picture)), Options)
                            .Select(result => Words(result.Required))
                            .ToListAsync()
                    )
                )
        );
        Assert.All(both, words => Assert.Equal(expected, words));
    }

    [Fact]
    public async Task What_other_threads_throw_away_changes_no_result()
    {
        // TorchSharp's numbers are objects with finalizers, and another thread's garbage has them collected while libtorch works.
        var picture = Gradient(0);
        var expected = Words(tiny.Pipeline.Ground(picture, TwoPhrases, Options));
        using var stop = new CancellationTokenSource();
        var collecting = Task.Run(() =>
        {
            for (; !stop.IsCancellationRequested; Thread.Sleep(1))
                GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        });
        var results = await tiny.Pipeline.GroundAsync(Enumerable.Repeat(Source("same", () => picture), 12), Options).ToListAsync();
        await stop.CancelAsync();
        await collecting;
        Assert.All(results, result => Assert.Equal(expected, Words(result.Required)));
    }

    [Fact]
    public void Options_are_checked_before_anything_is_read() =>
        Assert.Contains(
            "out of range",
            Assert
                .Throws<InputException>(() =>
                    tiny.Pipeline.GroundAsync([Source("unread", () => throw new InvalidOperationException())], new() { Size = 63 })
                )
                .Message
        );

    private static CaptionedPicture Source(string name, Func<Picture> read) => new(name, read, TwoPhrases);

    private static Picture Gradient(int i) => TinyModel.Gradient(60 + 10 * i, 70, shift: 40 * i);

    private static string Words(Grounding grounding) =>
        string.Join(' ', grounding.Phrases.Select(phrase => $"{phrase.Score:F4} {phrase.Mask.ToCompressed()}"));
}
