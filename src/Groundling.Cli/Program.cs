using System.Globalization;
using Groundling.Cli;
using Groundling.Torch;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
MemoryAllocator.KeepFreedBlocks();
return await CommandLine.RunAsync(args, Console.Out, Console.Error);
