using TorchSharp;
namespace Groundling.Tests;
public class Smoke { [Fact] public void Torch_loads() => Assert.Equal(3f, (torch.ones(3).sum()).item<float>()); }
