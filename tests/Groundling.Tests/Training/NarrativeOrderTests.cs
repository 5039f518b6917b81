using Groundling.Data;
using Groundling.Training;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

public sealed class NarrativeOrderTests
{
    private static readonly BenchmarkExample[] Examples = [.. Enumerable.Range(0, 7).Select(i => new BenchmarkExample(i, $"{i}", new("a dog", [new(0, 5, "a dog")]), [], "", ""))];

    [Fact]
    public void Each_epoch_reads_everything_once_in_an_order_of_its_own()
    {
        var order = new NarrativeOrder(Examples, seed: 4, flip: false);
        var epochs = Enumerable.Range(0, 5).Select(epoch => Enumerable.Range(0, 7).Select(i => order[7 * epoch + i].Example.Index).ToArray()).ToList();
        Assert.All(epochs, epoch => Assert.Equal([.. Enumerable.Range(0, 7)], epoch.Order()));
        Assert.Equal(5, epochs.Select(epoch => string.Join(' ', epoch)).Distinct().Count());
        Assert.Equal(epochs[3], Enumerable.Range(21, 7).Select(place => new NarrativeOrder(Examples, 4, false)[place].Example.Index));
        Assert.NotEqual(epochs[0], Enumerable.Range(0, 7).Select(place => new NarrativeOrder(Examples, 5, false)[place].Example.Index));
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void Processes_together_read_what_one_reads(int size, int count)
    {
        for (var step = 1; step <= 10; step++)
        {
            var together = Enumerable.Range(0, size).SelectMany(rank => NarrativeOrder.PlacesOf(step, count, new Member(rank, size)));
            Assert.Equal(NarrativeOrder.PlacesOf(step, size * count, SingleProcess.Instance), together);
        }
        Assert.Equal([6, 7, 8, 9, 10, 11], NarrativeOrder.PlacesOf(2, 6, SingleProcess.Instance));
    }

    [Fact]
    public void About_half_are_mirrored()
    {
        var order = new NarrativeOrder(Examples, seed: 4, flip: true);
        Assert.InRange(Enumerable.Range(0, 2000).Count(place => order[place].Mirrored), 900, 1100);
        Assert.DoesNotContain(Enumerable.Range(0, 100), place => new NarrativeOrder(Examples, 4, flip: false)[place].Mirrored);
    }

    private sealed record Member(int Rank, int Size) : ICollective
    {
        public void Average(IReadOnlyList<Tensor> tensors) => throw new NotSupportedException();

        public void Broadcast(IReadOnlyList<Tensor> tensors) => throw new NotSupportedException();

        public IReadOnlyList<string> Gather(string text) => throw new NotSupportedException();

        public void Barrier() => throw new NotSupportedException();
    }
}
