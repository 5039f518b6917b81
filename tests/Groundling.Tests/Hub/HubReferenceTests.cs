using Groundling.Hub;

namespace Groundling.Tests.Hub;

public class HubReferenceTests
{
    [Theory]
    [InlineData("stable-diffusion-v1-5/stable-diffusion-v1-5", "stable-diffusion-v1-5/stable-diffusion-v1-5", "main", false)]
    [InlineData("a/b@fp16", "a/b", "fp16", false)]
    [InlineData("a/b@refs/pr/1", "a/b", "refs/pr/1", false)]
    [InlineData(
        "O.w_n-er/N.a_m-e@0123456789abcdef0123456789abcdef01234567",
        "O.w_n-er/N.a_m-e",
        "0123456789abcdef0123456789abcdef01234567",
        true
    )]
    public void Names_of_repositories_are_read(string text, string repository, string revision, bool isCommit)
    {
        var reference = HubReference.Parse(text);
        Assert.Equal((repository, revision, isCommit), (reference.Repository, reference.Revision, reference.IsCommit));
        Assert.Equal(text, reference.ToString());
    }

    [Theory]
    [InlineData("model")]
    [InlineData("/a/b")]
    [InlineData("./a/b")]
    [InlineData("../b")]
    [InlineData("a/..")]
    [InlineData("a/b/c")]
    [InlineData("a/b--c")]
    [InlineData("a/b.git")]
    [InlineData("a/b@")]
    [InlineData("a/b@../../x")]
    [InlineData("a/b@x/")]
    [InlineData("a b/c")]
    [InlineData("a/b\n")]
    [InlineData("https://huggingface.co/a/b")]
    public void Anything_else_is_none(string text)
    {
        Assert.Null(HubReference.TryParse(text));
        Assert.DoesNotContain('\n', Assert.Throws<HubException>(() => HubReference.Parse(text)).Message);
    }
}
