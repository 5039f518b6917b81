namespace Groundling.Diffusion;
