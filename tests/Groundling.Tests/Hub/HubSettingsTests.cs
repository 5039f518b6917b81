using Groundling.Hub;
using Groundling.Tests.Data;

namespace Groundling.Tests.Hub;

public sealed class HubSettingsTests : IDisposable
{
    private const string Secret = "hf_ThisMustNeverBeSeen";
    private readonly TemporaryFolder _user = new();

    public void Dispose() => _user.Dispose();

    [Theory]
    [InlineData("", "USER/.cache/huggingface/hub")]
    [InlineData("XDG_CACHE_HOME=/x", "/x/huggingface/hub")]
    [InlineData("XDG_CACHE_HOME=/x;HF_HOME=/h", "/h/hub")]
    [InlineData("HF_HOME=/h;HUGGINGFACE_HUB_CACHE=/old", "/old")]
    [InlineData("HF_HOME=/h;HUGGINGFACE_HUB_CACHE=/old;HF_HUB_CACHE=/new", "/new")]
    [InlineData("HF_HUB_CACHE=~/c", "USER/c")]
    [InlineData("DISK=/d;HF_HUB_CACHE=$DISK/${DISK}c", "/d/dc")]
    [InlineData("HF_HUB_CACHE=", "USER/.cache/huggingface/hub")]
    public void The_cache_is_where_the_official_client_has_it(string variables, string expected) =>
        Assert.Equal(Path.GetFullPath(expected.Replace("USER", _user.Path)), Read(variables).CacheFolder);

    [Theory]
    [InlineData("HF_HUB_OFFLINE=1", true)]
    [InlineData("HF_HUB_OFFLINE=true", true)]
    [InlineData("TRANSFORMERS_OFFLINE=yes", true)]
    [InlineData("HF_HUB_OFFLINE=0", false)]
    [InlineData("", false)]
    public void Offline_is_as_it_says(string variables, bool expected) => Assert.Equal(expected, Read(variables).Offline);

    [Fact]
    public void The_token_is_the_variables_before_the_files()
    {
        Assert.Null(Read("").Token);
        Directory.CreateDirectory(_user.File(".cache/huggingface"));
        var file = _user.Write(".cache/huggingface/token", Secret + "\n");
        Assert.Equal(file, Read("").Token!.Origin);
        Assert.Equal("HF_TOKEN", Read($"HF_TOKEN={Secret}").Token!.Origin);
        Assert.Equal("HUGGING_FACE_HUB_TOKEN", Read($"HF_TOKEN= ;HUGGING_FACE_HUB_TOKEN={Secret}").Token!.Origin);
        Assert.Null(Read($"HF_TOKEN={Secret};HF_HUB_DISABLE_IMPLICIT_TOKEN=1").Token);
        Assert.DoesNotContain(Secret, Read("").Token!.ToString());
        Assert.Equal(_user.Write("other", Secret), Read($"HF_TOKEN_PATH={_user.File("other")}").Token!.Origin);
    }

    [Theory]
    [InlineData("HF_TOKEN=hf_ThisMust NeverBeSeen", "HF_TOKEN")]
    [InlineData("HF_TOKEN=hf_ThisMust\nNeverBeSeen", "HF_TOKEN")]
    [InlineData("HF_ENDPOINT=ftp://x", "HF_ENDPOINT")]
    [InlineData("HF_ENDPOINT=https://user:NeverBeSeen@host", "HF_ENDPOINT")]
    [InlineData("HF_HUB_DOWNLOAD_TIMEOUT=soon", "HF_HUB_DOWNLOAD_TIMEOUT")]
    [InlineData("HF_HUB_ETAG_TIMEOUT=-1", "HF_HUB_ETAG_TIMEOUT")]
    public void What_has_no_meaning_is_named_without_a_secret(string variables, string name)
    {
        var message = Assert.Throws<HubException>(() => Read(variables)).Message;
        Assert.Contains(name, message);
        Assert.DoesNotContain("NeverBeSeen", message);
        Assert.DoesNotContain('\n', message);
    }

    private HubSettings Read(string variables)
    {
        var given = variables
            .Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return HubSettings.From(given.GetValueOrDefault, _user.Path);
    }
}
