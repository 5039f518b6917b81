using System.Globalization;
using Groundling.Cli;
using Groundling.Torch;

MemoryAllocator.KeepFreedBlocks();
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
using var stop = new StopSignals();
return JointRun.Of(args, stop.Token);
