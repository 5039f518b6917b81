using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Groundling.Tests.Web;

/// <summary>Keeps what a service logs: a line of JSON for each entry, with the entry's members.</summary>
internal sealed class LogEntries : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() { }

    public override string ToString() => string.Join('\n', _lines);

    private sealed class Logger(LogEntries entries, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information && !category.StartsWith("Microsoft");

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (!IsEnabled(logLevel))
                return;
            var members = state is IReadOnlyList<KeyValuePair<string, object?>> pairs
                ? pairs.ToDictionary(
                    pair => pair.Key,
                    pair => pair.Value is string or null || pair.Value.GetType().IsPrimitive ? pair.Value : pair.Value.ToString()
                )
                : [];
            (members["category"], members["level"], members["message"], members["exception"]) = (
                category,
                logLevel.ToString(),
                formatter(state, exception),
                exception?.ToString()
            );
            entries._lines.Enqueue(JsonSerializer.Serialize(members));
        }
    }
}
