using AkidaQuant.Layers;

namespace AkidaQuant.Tests.House;

/// <summary>The folders of the core use each other as docs/architecture.md says, and in no circle.</summary>
public sealed class ArrowTests
{
    private static readonly IReadOnlyDictionary<string, IReadOnlySet<string>> Matrix =
        FolderMatrix.Read(File.ReadLines(Repository.PathOf("docs/architecture.md")));

    private static readonly IReadOnlyDictionary<(
        string From, string To), IReadOnlySet<string>> Arrows = CoreArrows.Read(typeof(Layer).Assembly);

    [Fact]
    public void A_folder_uses_only_what_the_matrix_allows() => Findings.AssertNone(
        from arrow in Arrows
        where arrow.Key.To != "." && !(
            Matrix.TryGetValue(arrow.Key.From, out IReadOnlySet<string>? allowed) && allowed.Contains(arrow.Key.To))
        select $"{arrow.Key.From} may not use {arrow.Key.To}, but {string.Join(", ", arrow.Value.Take(5))}");

    [Fact]
    public void The_matrix_allows_only_what_is_used() => Findings.AssertNone(
        from row in Matrix
        from target in row.Value
        where !Arrows.ContainsKey((row.Key, target))
        select $"{row.Key} may use {target}, but does not");

    [Fact]
    public void The_matrix_has_a_row_for_every_folder() =>
        Assert.Equal(CoreArrows.Folders(typeof(Layer).Assembly).Where(folder => folder != ".").Order(), Matrix.Keys.Order());

    [Fact]
    public void No_folder_uses_itself_by_way_of_others() => Assert.Null(Circles.First(Arrows.Keys));

    /// <summary>In signatures, in bodies, and in lambdas, which the compiler puts into types of its own.</summary>
    [Theory]
    [InlineData("Layers", "Execution", "QuantizedTail uses RecordedVariables")]
    [InlineData("Layers", "Tensors", "Softmax uses TensorSpec")]
    [InlineData("Layers", "Tensors", "ActivationFunction uses FloatData")]
    public void Uses_are_found(string from, string to, string use) => Assert.Contains(use, Arrows[(from, to)]);

    [Theory]
    [InlineData("a b, b c, a c", null)]
    [InlineData("a b, b a", "a -> b -> a")]
    [InlineData("a b, b c, c d, d b", "b -> c -> d -> b")]
    [InlineData("x y, a b, b c, c a, c b", "b -> c -> b")]
    public void Circles_are_found(string arrows, string? expected) =>
        Assert.Equal(expected, Circles.First(arrows.Split(", ").Select(arrow => (arrow[..1], arrow[2..]))));

    [Fact]
    public void A_matrix_is_read_to_its_end()
    {
        IReadOnlyDictionary<string, IReadOnlySet<string>> matrix = FolderMatrix.Read(
        [
            "Text.",
            FolderMatrix.Heading,
            "| --- | --- |",
            "| `A` | |",
            "| `B/C` | `A` |",
            "| `D` | `A`, `B/C` |",
            "Text.",
            "| `E` | `A` |",
        ]);
        Assert.Equal("A:; B/C:A; D:A B/C", string.Join("; ", matrix.Select(row => $"{row.Key}:{string.Join(' ', row.Value)}")));
    }

    [Theory]
    [InlineData("| `A` | B |")]
    [InlineData("| `A` | `B` `C` |")]
    [InlineData("| A | `B` |")]
    [InlineData("| `A` | `B`, |")]
    [InlineData("| `Z` | `B` |")]
    public void Other_rows_are_refused(string row) =>
        Assert.Throws<FormatException>(() => FolderMatrix.Read([FolderMatrix.Heading, "| --- | --- |", "| `Z` | |", row]));
}
