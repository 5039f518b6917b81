using Groundling.Tests.Cli;
using Groundling.Tests.Data;

namespace Groundling.Tests.Reliability;

/// <summary>Runs the command as a process whose disk fails, or that dies, at one call of the system.</summary>
internal sealed class FaultyDisk
{
    /// <summary>Error numbers of Linux.</summary>
    public const int Kill = 0,
        InputOutput = 5,
        NoSpace = 28;

    private readonly TemporaryFolder _folder;
    private readonly bool _isJoint;
    private readonly string _library,
        _log;

    /// <param name="folder">Where the library is built, which stands before the C library.</param>
    /// <param name="isJoint">Whether two processes share the work.</param>
    public FaultyDisk(TemporaryFolder folder, bool isJoint = false)
    {
        if (isJoint)
            Training.MpiRun.SkipUnlessInstalled();
        _isJoint = isJoint;
        (_folder, _library, _log) = (folder, folder.File("libfault.so"), folder.File("fault.log"));
        Programs.Build("disk/fault.c", _library, "-ldl");
    }

    /// <summary>What the last fault hit: a call and a path.</summary>
    public string Hit => File.Exists(_log) ? File.ReadAllText(_log).Trim() : "";

    /// <summary>Runs a command line.</summary>
    /// <param name="call">The kind of call: write, fsync, rename, link, mkdir, unlink, or any.</param>
    /// <param name="at">Which of those under <paramref name="under"/>, from 1.</param>
    /// <param name="error">What it fails with.</param>
    /// <param name="under">A folder.</param>
    /// <param name="arguments">The command's.</param>
    /// <returns>What came of it; null where there are not so many calls, and all went well.</returns>
    public CommandRun? Run(string call, int at, int error, string under, params IEnumerable<string> arguments)
    {
        File.Delete(_log);
        var run = Start(Variables(call, at, error, under), arguments);
        if (Hit.Length > 0)
            return run;
        run.Works();
        return null;
    }

    /// <summary>Runs a command line, which must work, on a disk that counts.</summary>
    /// <param name="under">A folder.</param>
    /// <param name="arguments">The command's.</param>
    /// <returns>How many calls of each kind there were on what is under the folder; of several processes the one that made most.</returns>
    public Dictionary<string, int> Count(string under, params IEnumerable<string> arguments)
    {
        File.Delete(_log);
        Start(Variables("any", 0, Kill, under), arguments).Works();
        return File.ReadLines(_log)
            .Select(line => line.Split(' '))
            .GroupBy(line => line[0])
            .ToDictionary(lines => lines.Key, lines => lines.Max(line => int.Parse(line[1])));
    }

    /// <summary>Runs a command line on a disk that is well.</summary>
    public CommandRun Run(params IEnumerable<string> arguments) => Start([], arguments);

    private Dictionary<string, string?> Variables(string call, int at, int error, string under) =>
        new()
        {
            ["LD_PRELOAD"] = _library,
            ["DISK_FAULT_CALL"] = call,
            ["DISK_FAULT_AT"] = $"{at}",
            ["DISK_FAULT_ERROR"] = $"{error}",
            ["DISK_FAULT_UNDER"] = under,
            ["DISK_FAULT_LOG"] = _log,
        };

    private CommandRun Start(Dictionary<string, string?> variables, IEnumerable<string> arguments)
    {
        var start = _isJoint
            ? Training.MpiRun.Start(GroundlingProgram.Place, arguments)
            : Programs.Heard(GroundlingProgram.Place, arguments);
        return start.With(variables).ToEnd(TimeSpan.FromMinutes(5));
    }
}
