# Imports, removes and imports the module again in a process that has loaded another YamlDotNet, and reports what it sees.
param(
    [Parameter(Mandatory)] [string] $Manifest,
    [Parameter(Mandatory)] [string] $OtherYamlDotNet
)

$ErrorActionPreference = 'Stop'
$default = [System.Runtime.Loader.AssemblyLoadContext]::Default
$accelerators = [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')

function Get-Version($Context) {
    @($Context.Assemblies | Where-Object { $_.GetName().Name -eq 'YamlDotNet' } | ForEach-Object { $_.GetName().Version.Major })
}

$null = $default.LoadFromAssemblyPath($OtherYamlDotNet)

$import = [System.Diagnostics.Stopwatch]::StartNew()
Import-Module $Manifest
$import.Stop()

$first = [AkidaQuant.Model]
$private = [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($first.Assembly)
$null = $private.LoadFromAssemblyName('YamlDotNet')
$exported = @((Get-Module AkidaQuant).ExportedCmdlets.Keys)

Remove-Module AkidaQuant
$leftLiterals = @($accelerators::Get.Keys | Where-Object { $_ -like 'AkidaQuant.*' })

Import-Module $Manifest
$settings = [AkidaQuant.QuantizationParams]::new()

@{
    ImportMilliseconds = $import.ElapsedMilliseconds
    PrivateContext     = $private.Name
    DefaultVersions    = @(Get-Version $default)
    PrivateVersions    = @(Get-Version $private)
    Exported           = $exported
    LeftLiterals       = $leftLiterals
    SameTypeAgain      = [AkidaQuant.Model] -eq $first
    WeightBits         = $settings.WeightBits
    LiteralsAgain      = @($accelerators::Get.Keys | Where-Object { $_ -like 'AkidaQuant.*' }).Count
} | ConvertTo-Json -Depth 3
