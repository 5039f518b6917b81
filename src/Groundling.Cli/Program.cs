using System.Globalization;
using Groundling.Cli;
using Groundling.Data.NounPhrases;
using Groundling.Torch;

FaultReport.CatchElsewhere(args);
using var stop = new StopSignals();
using var console = new Utf8Console();

MemoryAllocator.KeepFreedBlocks();
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return JointRun.Of(args, stop.Token);
