using Groundling.Core;
using Spectre.Console;

namespace Groundling.Cli;

/// <summary>Tables and progress bars on a writer; plain text where it is not a terminal.</summary>
internal static class Terminal
{
    private const int WidthOfFiles = 140;

    /// <summary>The columns of this process's terminal; null where there is none.</summary>
    public static int? Columns
    {
        get
        {
            try
            {
                return Console.WindowWidth > 0 ? Console.WindowWidth : null;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>The columns of the terminal behind a writer; null where it is none.</summary>
    public static int? WidthOf(TextWriter writer) => writer is TerminalWriter ? Columns : null;

    public static IAnsiConsole On(TextWriter writer)
    {
        var terminal = (writer as TerminalWriter)?.Terminal;
        var isTerminal = terminal is not null;
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(terminal ?? writer),
                Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            }
        );
        if (!isTerminal)
            console.Profile.Width = WidthOfFiles;
        return console;
    }

    /// <summary>A text of any origin as a cell's: no markup, and nothing that steers a terminal.</summary>
    public static string Text(string text) => Markup.Escape(PlainText.InOneLine(text));

    /// <summary>A table whose columns keep their words whole but for one, which gives way where the terminal is narrow.</summary>
    /// <param name="flexible">The column that may take several lines.</param>
    /// <param name="columns">The columns' heads.</param>
    public static Table Table(int flexible, params string[] columns)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns(columns);
        foreach (var (place, column) in table.Columns.Index())
            if (place != flexible)
                column.RightAligned().NoWrap();
        return table;
    }

    /// <summary>Does work under a progress bar, or without one where it is to be quiet.</summary>
    /// <param name="messages">Where the bar is drawn.</param>
    /// <param name="quiet">Whether there is none.</param>
    /// <param name="what">What is being done.</param>
    /// <param name="count">How much there is to do.</param>
    /// <param name="work">The work; it calls its argument with how much is done.</param>
    public static void WithProgress(TextWriter messages, bool quiet, string what, double count, Action<Action<double>> work)
    {
        if (quiet)
        {
            work(_ => { });
            return;
        }
        On(messages)
            .Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn(),
                new SpinnerColumn()
            )
            .Start(context =>
            {
                var task = context.AddTask(what, maxValue: count);
                work(done => task.Value = done);
            });
    }
}
