using System.Globalization;
using Groundling.Cli;
using Groundling.Data.NounPhrases;
using Groundling.Torch;

FaultReport.CatchElsewhere(args);
MemoryAllocator.KeepFreedBlocks();
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int code;
using (var stop = new StopSignals())
using (new Utf8Console())
    code = JointRun.Of(args, stop.Token);
return QuickExit.With(code);
