using Groundling.Hub;

namespace Groundling.Tests.Hub;

public class ModelFilesTests
{
    private static readonly string[] Common =
    [
        "model_index.json",
        "scheduler/scheduler_config.json",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt",
        "tokenizer/tokenizer_config.json",
        "text_encoder/config.json",
        "vae/config.json",
        "unet/config.json",
    ];

    [Fact]
    public void Only_what_is_read_is_chosen_and_halves_where_there_are_any()
    {
        string[] weights =
        [
            "text_encoder/model.fp16.safetensors",
            "vae/diffusion_pytorch_model.fp16.safetensors",
            "unet/diffusion_pytorch_model.safetensors.index.fp16.json",
            "unet/diffusion_pytorch_model-00001-of-00002.fp16.safetensors",
            "unet/diffusion_pytorch_model-00002-of-00002.fp16.safetensors",
        ];
        Assert.Equal(Common.Concat(weights).Order(), Choose(full: false));
    }

    [Fact]
    public void All_bits_where_they_are_asked_for() =>
        Assert.Equal(
            Common
                .Concat([
                    "text_encoder/model.safetensors",
                    "vae/diffusion_pytorch_model.safetensors",
                    "unet/diffusion_pytorch_model.safetensors",
                ])
                .Order(),
            Choose(full: true)
        );

    [Fact]
    public void A_shard_that_is_missing_makes_another_variant_the_choice() =>
        Assert.Contains(
            "unet/diffusion_pytorch_model.safetensors",
            Choose(full: false, without: "unet/diffusion_pytorch_model-00002-of-00002.fp16.safetensors")
        );

    [Theory]
    [InlineData("unet/config.json", "lacks unet/config.json")]
    [InlineData("tokenizer/merges.txt", "lacks tokenizer/vocab.json and merges.txt")]
    [InlineData(
        "text_encoder/model.safetensors;text_encoder/model.fp16.safetensors",
        "only pickled weights of text_encoder (text_encoder/pytorch_model.bin)"
    )]
    [InlineData("vae/diffusion_pytorch_model.safetensors;vae/diffusion_pytorch_model.fp16.safetensors", "no whole weights of vae")]
    public void What_is_missing_is_said(string without, string says) =>
        Assert.Contains(says, Assert.Throws<HubException>(() => Choose(full: false, without.Split(';'))).Message);

    [Fact]
    public void A_larger_model_is_refused_by_name() =>
        Assert.Contains("SDXL", ModelFiles.Missing([.. LoopbackHub.SmallModel().Keys, "text_encoder_2/config.json"]));

    private static IEnumerable<string> Choose(bool full, params string[] without) =>
        ModelFiles
            .Choose(
                [
                    .. LoopbackHub
                        .SmallModel()
                        .Where(file => !without.Contains(file.Key))
                        .Select(file => new HubFile(file.Key, file.Value.Length, null)),
                ],
                full
            )
            .Select(file => file.Path)
            .Order();
}
