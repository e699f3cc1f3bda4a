using System.Collections;
using System.Text;
using AkidaQuant.Formats;
using AkidaQuant.Text;

namespace AkidaQuant.Tests.Formats;

public sealed class QuantConfigFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public static TheoryData<string> Cases() =>
        [
            .. Directory
                .EnumerateDirectories(Repository.PathOf("tests/vectors/keras"))
                .Select(folder => Path.GetFileName(folder)!)
                .Order(StringComparer.Ordinal),
        ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_text_of_the_reference_comes_back_byte_for_byte(string name)
    {
        string original = Repository.PathOf($"tests/vectors/keras/{name}/config.json");
        string yaml = Path.Combine(_folder, "config.yaml");
        string json = Path.Combine(_folder, "config.json");
        QuantConfigFile.Write(QuantConfigFile.Read(original), yaml);
        QuantConfigFile.Write(QuantConfigFile.Read(yaml), json);
        Assert.Equal(File.ReadAllBytes(original), File.ReadAllBytes(json));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Yaml_keeps_every_kind_of_value()
    {
        OrderedDictionary<string, object?> values = new()
        {
            ["integer"] = 8,
            ["double"] = 1e-5,
            ["whole double"] = 3.0,
            ["true"] = true,
            ["null"] = null,
            ["text"] = "yes",
            ["digits"] = "1e5",
            ["umlaut: sign"] = "Größe \"x\"\n",
            ["nested"] = new Hashtable { ["a"] = double.PositiveInfinity },
            ["empty"] = new Hashtable(),
        };
        var read = Assert.IsAssignableFrom<IDictionary>(YamlTree.Parse(YamlWriter.Write(values)));
        Assert.Equal(PythonJson.ToIndented(values), PythonJson.ToIndented(read));
        Assert.IsType<long>(read["integer"]);
        Assert.IsType<double>(read["whole double"]);
    }

    [Fact]
    public void Aliases_repeat_what_they_name()
    {
        QuantConfig config = Read("c.yaml", "a: &common\n  weight_quantizer: {bitwidth: 4}\nb: *common\n");
        Assert.Equal(4, ((QuantSettings)config.Settings("b")!["weight_quantizer"]!)["bitwidth"]);
    }

    [Fact]
    public void Aliases_that_multiply_are_an_error_at_once()
    {
        StringBuilder text = new("a0: &a0 {x: 1}\n");
        for (int i = 1; i < 30; i++)
        {
            text.Append('a').Append(i).Append(": &a").Append(i).Append(" {");
            text.AppendJoin(", ", Enumerable.Range(0, 10).Select(k => $"k{k}: *a{i - 1}")).Append("}\n");
        }

        Assert.Equal("ConfigFileInvalid", ReadError("bomb.yaml", text.ToString()).Id);
    }

    [Theory]
    [InlineData("deep.json", '{', "\"a\":")]
    [InlineData("deep.yaml", '{', "a: ")]
    public void Deep_documents_are_an_error(string name, char open, string key) =>
        Assert.Equal("ConfigFileInvalid", ReadError(name, string.Concat(Enumerable.Repeat(open + key, 100_000))).Id);

    [Theory]
    [InlineData("c.json", "{\"a\": {\"b\": 1}", "ConfigFileInvalid")]
    [InlineData("c.json", "[1]", "ConfigFileInvalid")]
    [InlineData("c.json", "", "ConfigFileInvalid")]
    [InlineData("c.yaml", "a: [1", "ConfigFileInvalid")]
    [InlineData("c.yaml", "a: *b", "ConfigFileInvalid")]
    [InlineData("c.yaml", "a: {b: 1}\na: {b: 2}", "ConfigFileInvalid")]
    [InlineData("c.json", "{\"a\": 3}", "ConfigEntryInvalid")]
    [InlineData("c.json", "{\"a\": {\"b\": [1]}}", "ConfigKeyUnknown")]
    [InlineData("c.json", "{\"a\": {\"buffer_bitwidth\": [1]}}", "ConfigValueOutOfRange")]
    [InlineData("c.yaml", "a: {output_quantizer: {axis: per-chanel}}", "ConfigValueOutOfRange")]
    [InlineData("c.toml", "", "ConfigFormatUnknown")]
    public void Wrong_files_are_named(string name, string text, string id)
    {
        QuantException error = ReadError(name, text);
        Assert.Equal(id, error.Id);
        Assert.NotNull(error.Target);
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_nothing_behind()
    {
        string target = Path.Combine(_folder, "c.json");
        Directory.CreateDirectory(target);
        Assert.Equal("FileNotWritten", Assert.Throws<QuantException>(() => QuantConfigFile.Write([], target)).Id);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_folder_that_allows_no_file_is_named()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, string.Empty);
        Assert.Contains($"'{file}' is a file, not a folder.", WriteError(Path.Combine(file, "c.json")), StringComparison.Ordinal);
        Assert.Contains("its folder does not exist.", WriteError(Path.Combine(_folder, "none", "c.json")), StringComparison.Ordinal);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has such a folder everywhere.");
        Assert.Contains("no new file in the folder '/proc'. Check", WriteError("/proc/c.json"), StringComparison.Ordinal);
    }

    private static string WriteError(string path) => Assert.Throws<QuantException>(() => QuantConfigFile.Write([], path)).Message;

    private QuantConfig Read(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return QuantConfigFile.Read(path);
    }

    private QuantException ReadError(string name, string text) => Assert.Throws<QuantException>(() => Read(name, text));
}
