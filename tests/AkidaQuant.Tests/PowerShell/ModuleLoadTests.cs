namespace AkidaQuant.Tests.PowerShell;

public sealed class ModuleLoadTests
{
    [Fact]
    public void Module_lies_as_the_manifest_says() =>
        Assert.True(File.Exists(Repository.PathOf("bin/AkidaQuant.PowerShell.dll")));
}
