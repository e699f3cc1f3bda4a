using System.Text;

namespace AkidaQuant.Tests.House;

/// <summary>What is shipped does not depend on the folder that it was built in.</summary>
public class BuildTests
{
    [Theory]
    [InlineData("AkidaQuant", true)]
    [InlineData("AkidaQuant.Tests", false)]
    public void Shipped_assemblies_hold_no_folder_of_the_build(string name, bool isShipped)
    {
        string folder = Repository.Root.TrimEnd(Path.DirectorySeparatorChar);
        byte[] content = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
        bool holdsFolder = content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(folder)) >= 0;
        Assert.Equal(!isShipped, holdsFolder);
    }
}
