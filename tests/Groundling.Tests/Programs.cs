using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Groundling.Tests.Cli;

namespace Groundling.Tests;

/// <summary>Programs that run to their end as processes of their own, ours and other people's.</summary>
internal static class Programs
{
    /// <summary>The code of a program that is not installed.</summary>
    public const int NotInstalled = -1;

    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(2);

    /// <summary>How a program is started of which one wants to know what it writes.</summary>
    public static ProcessStartInfo Heard(string program, IEnumerable<string> arguments, string folder = "") =>
        new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };

    /// <summary>The same with other variables; null takes one away.</summary>
    public static ProcessStartInfo With(this ProcessStartInfo start, IEnumerable<KeyValuePair<string, string?>> variables)
    {
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return start;
    }

    /// <summary>What came of it; where that takes too long, the test fails and the program is ended with all that it started.</summary>
    /// <param name="start">As <see cref="Heard"/>.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="meanwhile">What is done to the process while it runs.</param>
    public static async Task<CommandRun> ToEndAsync(
        this ProcessStartInfo start,
        TimeSpan limit,
        Func<Process, CancellationToken, Task>? meanwhile = null
    )
    {
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(limit);
        try
        {
            if (meanwhile is not null)
                await meanwhile(process, late.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{start.FileName} still runs after {limit.TotalSeconds} s");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        return new(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
    }

    /// <summary>The same, waited for.</summary>
    public static CommandRun ToEnd(this ProcessStartInfo start, TimeSpan limit, Func<Process, CancellationToken, Task>? meanwhile = null) =>
        start.ToEndAsync(limit, meanwhile).GetAwaiter().GetResult();

    /// <summary>What is done to a process meanwhile, unless it has ended: <paramref name="act"/>, as soon as <paramref name="holds"/> does.</summary>
    public static Func<Process, CancellationToken, Task>? Once(Func<bool>? holds, Action<Process> act) =>
        holds is null
            ? null
            : async (process, late) =>
            {
                while (!holds() && !process.HasExited)
                    await Task.Delay(3, late).ConfigureAwait(false);
                if (!process.HasExited)
                    act(process);
            };

    /// <summary>Other people's programs: what came of one, or <see cref="NotInstalled"/>.</summary>
    public static CommandRun Run(string program, params string[] arguments) => RunIn("", program, arguments);

    /// <summary>The same in a folder.</summary>
    public static CommandRun RunIn(string folder, string program, params string[] arguments)
    {
        try
        {
            return Heard(program, arguments, folder).ToEnd(Usual);
        }
        catch (Win32Exception)
        {
            return new(NotInstalled, "", $"{program} is not installed");
        }
    }

    /// <summary>A library that stands in the way of another one; the test is skipped where nothing builds it.</summary>
    /// <param name="source">Its source in C, beside the tests, as "disk/fault.c".</param>
    /// <param name="library">The file to make.</param>
    /// <param name="options">More for the compiler.</param>
    public static void Build(string source, string library, params string[] options)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "what stands in a library's place is built for Linux");
        source = Path.Combine(AppContext.BaseDirectory, "Fixtures", source);
        var run = Run("gcc", ["-shared", "-fPIC", "-O1", "-o", library, source, .. options]);
        Assert.SkipWhen(run.Code == NotInstalled, "needs gcc, which builds what stands in a library's place");
        run.Works();
    }
}
