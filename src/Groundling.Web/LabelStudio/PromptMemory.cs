using System.Security.Cryptography;
using System.Text;

namespace Groundling.Web.LabelStudio;

/// <summary>The prompt typed last in each project, for its next tasks; of the projects asked about last.</summary>
internal sealed class PromptMemory
{
    private const int MostProjects = 1000;
    private readonly Lock _gate = new();
    private readonly LinkedList<(string Project, string Prompt)> _latestFirst = [];

    public void Keep(string project, string prompt)
    {
        lock (_gate)
        {
            var key = KeyOf(project);
            Remove(key);
            _latestFirst.AddFirst((key, prompt));
            if (_latestFirst.Count > MostProjects)
                _latestFirst.RemoveLast();
        }
    }

    public string? Of(string project)
    {
        lock (_gate)
            return _latestFirst.FirstOrDefault(kept => kept.Project == KeyOf(project)).Prompt;
    }

    /// <summary>As short as anybody's: a name is whatever a client sends.</summary>
    private static string KeyOf(string project) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(project)));

    private void Remove(string project)
    {
        for (var node = _latestFirst.First; node is not null; node = node.Next)
            if (node.Value.Project == project)
            {
                _latestFirst.Remove(node);
                return;
            }
    }
}
