using Groundling.Training;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

public sealed class EndlessOrderTests
{
    [Fact]
    public void Each_epoch_reads_everything_once_in_an_order_of_its_own()
    {
        var order = new EndlessOrder(7, seed: 4);
        var epochs = Enumerable.Range(0, 5).Select(epoch => Enumerable.Range(0, 7).Select(i => order[7 * epoch + i]).ToArray()).ToList();
        Assert.All(epochs, epoch => Assert.Equal([.. Enumerable.Range(0, 7)], epoch.Order()));
        Assert.Equal(5, epochs.Select(epoch => string.Join(' ', epoch)).Distinct().Count());
        Assert.Equal(epochs[3], Enumerable.Range(21, 7).Select(place => new EndlessOrder(7, 4)[place]));
        Assert.NotEqual(epochs[0], Enumerable.Range(0, 7).Select(place => new EndlessOrder(7, 5)[place]));
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void Processes_together_read_what_one_reads(int size, int count)
    {
        for (var step = 1; step <= 10; step++)
        {
            var together = Enumerable.Range(0, size).SelectMany(rank => EndlessOrder.PlacesOf(step, count, new Member(rank, size)));
            Assert.Equal(EndlessOrder.PlacesOf(step, size * count, SingleProcess.Instance), together);
        }
        Assert.Equal([6, 7, 8, 9, 10, 11], EndlessOrder.PlacesOf(2, 6, SingleProcess.Instance));
    }

    [Fact]
    public void About_half_are_mirrored()
    {
        Assert.InRange(Enumerable.Range(0, 2000).Count(place => TrainingNarrative.IsMirrored(4, place)), 900, 1100);
        Assert.NotEqual(
            Enumerable.Range(0, 64).Select(place => TrainingNarrative.IsMirrored(4, place)),
            Enumerable.Range(0, 64).Select(place => TrainingNarrative.IsMirrored(5, place))
        );
    }

    private sealed record Member(int Rank, int Size) : ICollective
    {
        public void Average(IReadOnlyList<Tensor> tensors) => throw new NotSupportedException();

        public void Broadcast(IReadOnlyList<Tensor> tensors) => throw new NotSupportedException();

        public IReadOnlyList<string> Gather(string text) => throw new NotSupportedException();

        public void Barrier() => throw new NotSupportedException();
    }
}
