using System.Globalization;
using Groundling;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.DeviceCheck;
using Groundling.Torch;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length is < 4 or > 5 || (args.Length == 5 && !double.TryParse(args[4], out _)))
{
    Console.Error.WriteLine(
        "usage: Groundling.DeviceCheck DEVICE MODEL PICTURE CAPTION [SECONDS]: parts that would begin later than SECONDS are left out; CAPTION is a file"
    );
    return 2;
}
try
{
    var report = new Report(args.Length == 5 ? double.Parse(args[4]) : double.PositiveInfinity);
    var place = ComputeDevice.Find(args[0], ComputePrecision.F32);
    Report.Say($"{place}; {Memory.Shown(place)}");
    var (picture, caption) = (Picture.Load(args[2]), Caption.Parse(File.ReadAllText(args[3]).Trim()));
    Parity.Check(report, place, args[1], picture, caption);
    Gradients.Check(report, place, args[1]);
    Exactness.Check(report, place);
    Costs.Check(report, place);
    Throughput.Check(report, place, args[1], picture, caption);
    PaperSize.Check(report, place);
    Report.Say($"done; {report.Failed} parts failed");
    return report.Failed == 0 ? 0 : 1;
}
catch (GroundlingException e)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 2;
}
