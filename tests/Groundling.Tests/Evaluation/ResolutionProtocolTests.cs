using CsCheck;
using Groundling.Data;
using Groundling.Evaluation;
using Groundling.Web;
using static TorchSharp.torch;

namespace Groundling.Tests.Evaluation;

public class ResolutionProtocolTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public void Ppmn_agrees_with_the_reference_values(string name)
    {
        using var scope = NewDisposeScope();
        var tensors = Fixture.Tensors("golden/ppmn-iou/io.safetensors");
        var truth = tensors[$"{name}.gt"]; // [N, h, w]
        var resized = tensors[$"{name}.resized"].data<long>().ToArray();
        var probability = tensors[$"{name}.probability"]; // [N, H/4, W/4]
        var (height, width) = ((int)truth.shape[1], (int)truth.shape[2]);
        var letterbox = new Letterbox(
            width,
            height,
            (int)resized[1],
            (int)resized[0],
            (int)probability.shape[2] * 4,
            (int)probability.shape[1] * 4
        );
        Assert.Equal(((int)probability.shape[2], (int)probability.shape[1]), ResolutionProtocol.Ppmn.JudgedSize(letterbox));

        var masks = Enumerable
            .Range(0, (int)truth.shape[0])
            .Select(i => RunLengthMask.FromBytes(truth[i].to(uint8).contiguous().bytes, width, height))
            .ToList();
        var truths = ResolutionProtocol.Ppmn.Truth(masks, letterbox);
        var predicted = ResolutionProtocol.Ppmn.Predictions(new(letterbox, probability), 0.5, letterbox);
        foreach (var (i, iou) in tensors[$"{name}.iou"].data<float>().ToArray().Index())
            Assert.Equal(iou, predicted[i].IoU(truths[i]), 1e-6);
    }

    [Fact]
    public void Ppmn_leaves_the_padding_beyond_its_multiple_out()
    {
        var letterbox = Letterbox.Fit(100, 70, 96); // content 96 x 67, padded to 128 x 128
        Assert.Equal((24, 24), ResolutionProtocol.Ppmn.JudgedSize(letterbox));
        using var map = ones(1, 32, 32);
        Assert.Equal(24 * 24, ResolutionProtocol.Ppmn.Predictions(new(letterbox, map), 0.5, letterbox)[0].Area);
    }

    [Fact]
    public void Original_enlarges_the_picture_part_alone()
    {
        var letterbox = Letterbox.Fit(60, 30, 64); // content 64 x 32, padded to 64 x 64
        using var map = zeros(1, 64, 64);
        map[0, ..16, ..64] = ones(16, 64);
        var mask = ResolutionProtocol.Original.Predictions(new(letterbox, map), 0.5, letterbox)[0];
        Assert.Equal(new Box(0, 0, 60, 15), mask.Box);
        Assert.Equal(60 * 15, mask.Area);
    }

    [Fact]
    public void Maps_of_every_stride_say_the_same_of_a_plain_half()
    {
        var letterbox = Letterbox.Fit(128, 128, 128);
        foreach (var protocol in ResolutionProtocol.All)
        foreach (var stride in new[] { 1, 4, 8 })
        {
            using var map = zeros(1, 128 / stride, 128 / stride);
            map[0, .., ..(64 / stride)] = ones(128 / stride, 64 / stride);
            var mask = protocol.Predictions(new(letterbox, map), 0.5, letterbox)[0];
            Assert.Equal(mask.Width * mask.Height / 2, mask.Area);
        }
    }

    [Fact]
    public void Iou_is_the_same_both_ways() =>
        Gen.Select(Gen.Byte[0, 1].Array[35], Gen.Byte[0, 1].Array[35])
            .Sample(
                (a, b) =>
                {
                    var (first, second) = (RunLengthMask.FromBytes(a, 7, 5), RunLengthMask.FromBytes(b, 7, 5));
                    Assert.Equal(first.IoU(second), second.IoU(first));
                    Assert.Equal(first.Area == 0 ? 0 : 1, first.IoU(first));
                    foreach (var protocol in ResolutionProtocol.All)
                    {
                        var letterbox = Letterbox.Fit(7, 5, 64);
                        var seen = protocol.Truth([first, second], letterbox);
                        Assert.Equal(seen[0].IoU(seen[1]), seen[1].IoU(seen[0]));
                    }
                },
                iter: 50
            );
}
