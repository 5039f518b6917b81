using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Tests.Data;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Method;

public sealed class GroundingFolderTests(TinyModel tiny) : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void What_is_saved_is_loaded()
    {
        using var model = TinyGrounding.Build(tiny, stirred: true);
        var path = _folder.File("model");
        Assert.False(GroundingFolder.Exists(path));
        GroundingFolder.Save(path, model);
        Assert.True(GroundingFolder.Exists(path));
        Assert.Equal(
            ["config.json", "model.safetensors"],
            Directory.EnumerateFiles(Path.Combine(path, "grounding")).Select(Path.GetFileName).Order()
        );
        using var loaded = GroundingFolder.Load(path, tiny.Pipeline.Diffusion.UNet, tiny.Pipeline.Diffusion.Vae);
        Assert.Equal(model.Config, loaded.Config);
        foreach (var (saved, read) in model.NamedTensors().Zip(loaded.NamedTensors()))
        {
            Assert.Equal(saved.Name, read.Name);
            TensorAssert.Close(saved.Tensor.detach(), read.Tensor, 0, saved.Name);
        }
        using var frozen = no_grad();
        TensorAssert.Close(
            model.call(TinyGrounding.Input()).Probabilities(TinyGrounding.Letterbox),
            loaded.call(TinyGrounding.Input()).Probabilities(TinyGrounding.Letterbox),
            TensorAssert.SameWork,
            "masks"
        );
        loaded.Freeze(); // as for use: rearranged weights give the same to rounding
        TensorAssert.Close(
            model.call(TinyGrounding.Input()).Probabilities(TinyGrounding.Letterbox),
            loaded.call(TinyGrounding.Input()).Probabilities(TinyGrounding.Letterbox),
            1e-4,
            "masks of the frozen model"
        );
    }

    [Fact]
    public void Weights_of_another_config_are_refused_with_what_differs()
    {
        using var model = TinyGrounding.Build(tiny);
        var path = _folder.File("model");
        GroundingFolder.Save(path, model);
        File.WriteAllText(
            Path.Combine(path, "grounding", "config.json"),
            (TinyGrounding.Config with { Classes = TinyGrounding.K + 1 }).ToJson()
        );
        var fault = Assert
            .Throws<WeightsException>(() => GroundingFolder.Load(path, tiny.Pipeline.Diffusion.UNet, tiny.Pipeline.Diffusion.Vae))
            .Message;
        Assert.Contains("does not fit GroundingModel (34 of ", fault);
        Assert.Contains("shape      adapter.blocks.0.class.weight: file [4, 8], model [5, 8]", fault);
        Assert.EndsWith("were these parts trained with another frozen model?", fault);
    }

    [Fact]
    public void A_model_begins_with_the_weights_of_one_that_has_fewer_parts_and_does_what_that_did()
    {
        using var fewer = TinyGrounding.Build(
            tiny,
            TinyGrounding.Config with
            {
                Parts = GroundingParts.DecoderAndAggregation,
            },
            stirred: true
        );
        var path = _folder.File("model");
        GroundingFolder.Save(path, fewer);
        using var whole = TinyGrounding.Build(tiny);
        var anew = GroundingFolder.LoadMatching(path, whole);
        Assert.NotEmpty(anew);
        Assert.All(anew, name => Assert.StartsWith("adapter.", name));
        Assert.Equal(whole.NamedTensors().Count() - fewer.NamedTensors().Count(), anew.Count);
        using var frozen = no_grad(); // an adapter that was not trained yet is static prompting
        TensorAssert.Close(
            fewer.call(TinyGrounding.Input()).Probabilities(TinyGrounding.Letterbox),
            whole.call(TinyGrounding.Input()).Probabilities(TinyGrounding.Letterbox),
            1e-5,
            "masks"
        );
    }

    [Fact]
    public void Tensors_of_another_shape_begin_anew_and_a_model_of_which_nothing_fits_is_refused()
    {
        var path = _folder.File("model");
        using (var other = TinyGrounding.Build(tiny, TinyGrounding.Config with { Classes = TinyGrounding.K + 1 }, stirred: true))
            GroundingFolder.Save(path, other);
        using var model = TinyGrounding.Build(tiny);
        Assert.All(GroundingFolder.LoadMatching(path, model), name => Assert.Contains("class.", name));
        SafetensorsWriter.Write(Path.Combine(path, "grounding", "model.safetensors"), [("foreign", ScalarType.Float32, [2])], _ => ones(2));
        Assert.Contains("none of its tensors", Assert.Throws<InputException>(() => GroundingFolder.LoadMatching(path, model)).Message);
    }

    [Fact]
    public void Damaged_folders_are_refused()
    {
        var diffusion = tiny.Pipeline.Diffusion;
        Assert.Contains(
            "config.json",
            Assert.Throws<InputException>(() => GroundingFolder.Load(_folder.File("none"), diffusion.UNet, diffusion.Vae)).Message
        );
        using var model = TinyGrounding.Build(tiny);
        var path = _folder.File("model");
        GroundingFolder.Save(path, model);
        File.Delete(Path.Combine(path, "grounding", "model.safetensors"));
        Assert.Contains(
            "model.safetensors",
            Assert.Throws<WeightsException>(() => GroundingFolder.Load(path, diffusion.UNet, diffusion.Vae)).Message
        );
    }

    [Fact]
    public void The_paper_size_on_Stable_Diffusion_15()
    {
        using var unet = new UNet(UNetConfig.StableDiffusion15);
        using var vae = new Vae(VaeConfig.StableDiffusion);
        using var model = new GroundingModel(unet, vae, GroundingConfig.Paper);
        var actual = model.NamedTensors().Select(pair => $"{pair.Name} [{string.Join(", ", pair.Tensor.shape)}]").ToList();
        var manifest = Path.Combine(AppContext.BaseDirectory, "Manifests", "paper-grounding.txt");
        Assert.Equal(File.ReadAllLines(manifest), actual.Order(StringComparer.Ordinal));
        var parts = model
            .NamedTensors()
            .GroupBy(pair => pair.Name.Split('.')[0])
            .ToDictionary(group => group.Key, group => group.Sum(pair => pair.Tensor.numel()));
        Assert.Equal(
            new Dictionary<string, long>
            {
                ["diffusion_head"] = 16,
                ["adapter"] = 28_043_792,
                ["levels"] = 1_167_872,
                ["aggregation"] = 11_506_624,
                ["mask_feature"] = 2_196_992,
                ["decoder"] = 14_437_254,
            },
            parts
        );
        Assert.Equal(57_352_550, model.ParameterCount());
    }
}
