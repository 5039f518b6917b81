using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Groundling.Core;

namespace Groundling.Cli;

/// <summary>What is left of a fault that nobody foresaw: one line, and a file for whoever mends it.</summary>
internal static class FaultReport
{
    /// <summary>Exit code of a fault of the program itself (sysexits.h: EX_SOFTWARE).</summary>
    public const int Code = 70;

    /// <summary>Catches what other threads throw, which nothing else can: the process ends with <see cref="Code"/>.</summary>
    public static void CatchElsewhere(string[] arguments) =>
        AppDomain.CurrentDomain.UnhandledException += (_, thrown) =>
        {
            Console.Error.WriteLine(Write(thrown.ExceptionObject as Exception ?? new InvalidOperationException(), arguments));
            Environment.Exit(Code);
        };

    /// <summary>Writes the report into the folder for temporary files; it may quote what was given, and goes nowhere by itself.</summary>
    /// <returns>The line to print.</returns>
    public static string Write(Exception fault, IReadOnlyList<string> arguments)
    {
        var mark = Mark(fault);
        var file = Path.Combine(
            Path.GetTempPath(),
            $"groundling-fault-{mark}-{DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture)}.txt"
        );
        var what = $"error: a fault of groundling itself, {mark} ({fault.GetType().Name})";
        try
        {
            AtomicFile.WriteText(file, Text(fault, arguments));
            return $"{what}; please report it with {file}, which may quote what you gave";
        }
        catch (IOException e)
        {
            return $"{what}: {PlainText.InOneLine(fault.Message)}; no report could be written ({PlainText.InOneLine(e.Message)})";
        }
    }

    /// <summary>The same for the same fault, whatever it quotes: of the kinds of exception and the place that threw.</summary>
    private static string Mark(Exception fault)
    {
        var text = new StringBuilder();
        for (var at = fault; at is not null; at = at.InnerException)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{at.GetType().FullName} {at.TargetSite?.DeclaringType?.FullName}.{at.TargetSite?.Name};"
            );
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..8];
    }

    private static string Text(Exception fault, IReadOnlyList<string> arguments)
    {
        var start = RunStart.Now(Environment.ProcessorCount);
        return $"""
            groundling {start.Version}
            {string.Join(", ", start.Packages)}
            {Environment.OSVersion}, .NET {Environment.Version}, {Environment.ProcessorCount} processors
            {DateTime.UtcNow:O}
            groundling {string.Join(' ', arguments.Select(argument => $"'{PlainText.InOneLine(argument)}'"))}

            {fault}

            """;
    }
}
