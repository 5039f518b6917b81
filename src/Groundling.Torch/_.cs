namespace Groundling.Torch;
