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
            Remove(project);
            _latestFirst.AddFirst((project, prompt));
            if (_latestFirst.Count > MostProjects)
                _latestFirst.RemoveLast();
        }
    }

    public string? Of(string project)
    {
        lock (_gate)
            return _latestFirst.FirstOrDefault(kept => kept.Project == project).Prompt;
    }

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
