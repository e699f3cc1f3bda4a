using System.Runtime.Versioning;
using AkidaQuant.Formats.Files;

namespace AkidaQuant.Tests.Formats.Files;

public sealed class OutputFileTests : TemporaryFolder
{
    private const string Old = "old";
    private const string New = "new";

    public static bool IsUnix => !OperatingSystem.IsWindows();

    [Theory(SkipUnless = nameof(IsUnix), Skip = "Windows has other permissions.")]
    [InlineData("600")]
    [InlineData("644")]
    [InlineData("666")]
    [InlineData("440")]
    [InlineData("755")]
    [UnsupportedOSPlatform("windows")]
    public void A_file_that_is_replaced_keeps_its_permissions(string octal)
    {
        string path = Write("a.json", Old);
        UnixFileMode mode = (UnixFileMode)Convert.ToInt32(octal, 8);
        File.SetUnixFileMode(path, mode);
        UnixFileMode? during = null;
        OutputFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            during = File.GetUnixFileMode(Assert.Single(Beside()));
        });
        Assert.Equal((New, mode, mode), (File.ReadAllText(path), File.GetUnixFileMode(path), during));
    }

    [Fact(SkipUnless = nameof(IsUnix), Skip = "Links need rights on Windows.")]
    public void A_link_stays_and_the_file_that_it_leads_to_is_written()
    {
        string file = Write("real/inner/a.json", Old);
        Directory.CreateDirectory(PathOf("links"));
        Directory.CreateSymbolicLink(PathOf("links/inner"), PathOf("real/inner"));
        File.CreateSymbolicLink(PathOf("links/first"), "inner/a.json");
        File.CreateSymbolicLink(PathOf("links/second"), PathOf("links/first"));
        OutputFile.Write(PathOf("links/second"), WriteNew);
        Assert.Equal(New, File.ReadAllText(file));
        Assert.All(new[] { "links/first", "links/second" }, link => Assert.NotNull(new FileInfo(PathOf(link)).LinkTarget));

        // The folder is the one that the link's own folder leads to, whatever the path looks like.
        File.CreateSymbolicLink(PathOf("real/inner/up"), "../b.json");
        OutputFile.Write(PathOf("links/inner/up"), WriteNew);
        Assert.Equal(New, File.ReadAllText(PathOf("real/b.json")));
        Assert.False(Path.Exists(PathOf("links/b.json")));
    }

    [Fact(SkipUnless = nameof(IsUnix), Skip = "Links need rights on Windows.")]
    public void A_link_that_cannot_be_followed_is_refused()
    {
        File.CreateSymbolicLink(PathOf("a"), PathOf("b"));
        File.CreateSymbolicLink(PathOf("b"), PathOf("a"));
        QuantException error = Assert.Throws<QuantException>(() => OutputFile.Write(PathOf("a"), WriteNew));
        Assert.Equal("FileNotWritten", error.Id);
        Assert.Contains("symbolic link", error.Message, StringComparison.Ordinal);
        Assert.Contains(PathOf("a"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_killed_exports_have_left_is_removed_and_nothing_else()
    {
        string left = Write(".akidaquant-0123456789abcdef0123456789abcdef.tmp", Old);
        string[] others = [Write("a.tmp", Old), Write(".other-1.tmp", Old), Write(".akidaquant-notes.txt", Old)];
        OutputFile.Write(PathOf("a.json"), stream =>
        {
            // The file of an export that is under way, this one or another, is nobody's to remove.
            string own = Assert.Single(Beside());
            OutputFile.Write(PathOf("b.json"), WriteNew);
            Assert.Equal(own, Assert.Single(Beside()));
            stream.Write("new"u8);
        });
        Assert.False(File.Exists(left));
        Assert.All(others, file => Assert.True(File.Exists(file), file));
        Assert.Equal(New, File.ReadAllText(PathOf("a.json")));
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_alone()
    {
        string path = Write("a.json", Old);
        Assert.Equal("FileNotWritten", IdOf(() => OutputFile.Write(path, stream =>
        {
            stream.WriteByte(0);
            throw new IOException("no more");
        })));
        Assert.Equal(Old, File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Folder));
    }

    private static void WriteNew(Stream stream) => stream.Write("new"u8);

    private string[] Beside() => Directory.GetFiles(Folder, ".akidaquant-*.tmp");
}
