using System.Reflection;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Tests.House;

/// <summary>Tests stand where what they test stands, under its name.</summary>
public sealed class TestNamesTests
{
    private const string Root = "AkidaQuant.Tests";

    /// <summary>Folders of tests that no folder of the core is the counterpart of.</summary>
    private static readonly string[] OwnFolders = ["Documents", "House", "Networks", "PowerShell", "Reference", "Vectors"];

    private static readonly Assembly Core = typeof(Layer).Assembly;

    private static readonly Type[] TestClasses = [.. typeof(TestNamesTests).Assembly.GetTypes().Where(HasTests)];

    [Theory]
    [InlineData(typeof(Layer))]
    [InlineData(typeof(IntegerLayer))]
    [InlineData(typeof(AkidaLayer))]
    public void Every_layer_has_a_test_class(Type kind) =>
        AssertTested(Core.GetTypes().Where(type => !type.IsAbstract && kind.IsAssignableFrom(type)));

    /// <summary>Kernels are the classes with a method that writes values.</summary>
    [Fact]
    public void Every_kernel_has_a_test_class() => AssertTested(Core.GetTypes().Where(type =>
        type is { IsClass: true, IsAbstract: false, IsNested: false } && !type.IsSubclassOf(typeof(Delegate))
        && type.Namespace is { } name && name.StartsWith("AkidaQuant.Kernels.", StringComparison.Ordinal)
        && type.GetMethods(BindingFlags.Public | BindingFlags.Instance).Any(WritesValues)));

    [Fact]
    public void No_two_test_classes_have_one_name() =>
        Findings.AssertNone(
            TestClasses.GroupBy(type => type.Name).Where(group => group.Count() > 1).Select(group => string.Join(" and ", group)));

    [Fact]
    public void Every_class_with_tests_is_named_for_them() =>
        Findings.AssertNone(
            TestClasses.Where(type => !type.Name.Split('`')[0].EndsWith("Tests", StringComparison.Ordinal))
                .Select(type => $"{type} has tests"));

    [Fact]
    public void Every_folder_of_tests_is_one_of_the_core()
    {
        HashSet<string> core = [.. SourceFiles.Folders.SelectMany(WithParents)];
        IEnumerable<string> folders = typeof(TestNamesTests).Assembly.GetTypes().Where(type => !type.IsNested && type.Namespace is not null)
            .Select(type => type.Namespace!).Where(name => name.StartsWith($"{Root}.", StringComparison.Ordinal)).Distinct();
        Findings.AssertNone(
            from name in folders
            let folder = name[(Root.Length + 1)..].Replace('.', '/')
            where !OwnFolders.Contains(folder.Split('/')[0]) && !core.Contains(folder)
            select $"{folder} is no folder of the core");
    }

    private static void AssertTested(IEnumerable<Type> types)
    {
        string[] expected = [.. types.Select(TestOf).Distinct()];
        Assert.NotEmpty(expected);
        Findings.AssertNone(expected.Except(TestClasses.Select(type => type.FullName!)).Select(name => $"{name} is missing"));
    }

    private static IEnumerable<string> WithParents(string folder)
    {
        string[] parts = folder.Split('/');
        return parts.Select((_, index) => string.Join('/', parts[..(index + 1)]));
    }

    /// <summary>The test class of a type bears the name of the file that declares it: a layer and its quantized form share one.</summary>
    private static string TestOf(Type type)
    {
        string name = $"{type.Namespace}.{type.Name.Split('`')[0]}";
        string file = SourceFiles.FileOf(name) ?? throw new InvalidOperationException($"No file of the core declares {name}.");
        return $"{Root}{type.Namespace!["AkidaQuant".Length..]}.{Path.GetFileNameWithoutExtension(file)}Tests";
    }

    private static bool HasTests(Type type) => type.GetMethods().Any(method => method.IsDefined(typeof(FactAttribute)));

    private static bool WritesValues(MethodInfo method) => method.ReturnType == typeof(void) && method.GetParameters().Any(parameter =>
        typeof(TensorData).IsAssignableFrom(parameter.ParameterType)
        || (parameter.ParameterType.IsGenericType && parameter.ParameterType.GetGenericTypeDefinition() == typeof(Span<>)));
}
