using System.Globalization;

namespace AkidaQuant.Tests.Tensors;

/// <summary>Lists that stand in the columns of rows.</summary>
public sealed class ValueListTests
{
    [Fact]
    public void Text_is_that_of_the_members_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal("0,5", $"{0.5f}");
            ValueList<float> numbers = [0.5f, -1.25f, 3f];
            Assert.Equal("0.5 -1.25 3", numbers.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Equal("(1, 2) (3,)", new ValueList<Shape>([new Shape(1, 2), new Shape(3)]).ToString());
        Assert.Equal("null 28", new ValueList<object?>([null, 28L]).ToString());
        Assert.Equal(string.Empty, new ValueList<int>([]).ToString());
    }

    [Fact]
    public void It_is_read_as_an_array_is()
    {
        int[] array = [4, 5, 6];
        ValueList<int> list = array;
        ReadOnlySpan<int> span = list;
        Assert.Equal(6, span[^1]);
        Assert.Equal((3, 3, 5), (list.Length, list.Count, list[1]));
        Assert.Equal(array, list.AsEnumerable());
        int[] copy = list.ToArray();
        copy[0] = 0;
        Assert.Equal(4, list[0]);
    }

    [Fact]
    public void It_never_changes() => Assert.Throws<NotSupportedException>(() => ((IList<int>)new ValueList<int>([1])).Add(2));
}
