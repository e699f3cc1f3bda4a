#Requires -Version 7.6
<#
.SYNOPSIS
Builds, tests and packages the module.

.DESCRIPTION
Build compiles the module, after which Import-Module ./AkidaQuant.psd1 works.
Test builds and runs the Pester files, and installs Pester for the current user when none of version 5 or later is there.
Package builds and leaves the folder artifacts/module/AkidaQuant and a package for a gallery beside it. It runs on every platform; on
that of the build, first calls are faster, since it holds the libraries compiled ahead for that one. Its bom.json lists the libraries in it
with their versions, licences and hashes (CycloneDX). The folder symbols beside it has what a debugger needs.

.PARAMETER Task
What to do.

.PARAMETER Configuration
The configuration to build.

.PARAMETER DotNetTest
Lets Test run the tests of the core too, with dotnet test.

.EXAMPLE
./build.ps1 -Task Test, Package
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Package')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    [switch] $DotNetTest
)

$ErrorActionPreference = 'Stop'
$manifest = Join-Path $PSScriptRoot 'AkidaQuant.psd1'
$packages = Join-Path $PSScriptRoot 'artifacts/module'

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) {
        throw "dotnet $args ended with exit code $LASTEXITCODE."
    }
}

function Invoke-Build {
    Invoke-DotNet build (Join-Path $PSScriptRoot 'src/AkidaQuant.PowerShell') -c $Configuration --nologo
}

function Invoke-Test {
    if (-not (Get-Module Pester -ListAvailable | Where-Object Version -GE 5.0)) {
        Install-PSResource Pester -Version '[5.0,]' -Scope CurrentUser -TrustRepository
    }
    Import-Module Pester -MinimumVersion 5.0
    $pester = New-PesterConfiguration
    $pester.Run.Path = Join-Path $PSScriptRoot 'tests'
    $pester.Run.Throw = $true
    $pester.Output.Verbosity = 'Detailed'
    Invoke-Pester -Configuration $pester

    if ($DotNetTest) {
        Invoke-DotNet test --solution (Join-Path $PSScriptRoot 'AkidaQuant.slnx') -c $Configuration
    }
}

# The folder as a user's module path holds it, and the same files as a NuGet package, which is what a gallery takes.
function Invoke-Package {
    $module = Join-Path $packages 'AkidaQuant'
    if (Test-Path $packages) {
        Remove-Item $packages -Recurse -Force
    }
    $null = New-Item $module -ItemType Directory -Force
    foreach ($item in 'AkidaQuant.psd1', 'LICENSE', 'THIRD-PARTY-NOTICES.txt', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'bin') {
        Copy-Item (Join-Path $PSScriptRoot $item) $module -Recurse
    }
    if (Test-Path (Join-Path $PSScriptRoot 'en-US')) {
        Copy-Item (Join-Path $PSScriptRoot 'en-US') $module -Recurse
    }

    $data = Import-PowerShellDataFile $manifest
    Write-BillOfMaterials $module $data.ModuleVersion
    $symbols = New-Item (Join-Path $packages 'symbols') -ItemType Directory -Force
    foreach ($project in 'AkidaQuant', 'AkidaQuant.PowerShell') {
        Copy-Item (Join-Path $PSScriptRoot "artifacts/bin/$project/$($Configuration.ToLowerInvariant())/$project.pdb") $symbols
    }
    $notes = Get-ReleaseNotes $data.ModuleVersion
    $packed = Join-Path $module 'AkidaQuant.psd1'
    $text = [System.IO.File]::ReadAllText($packed).Replace($data.PrivateData.PSData.ReleaseNotes, $notes.Replace("'", "''"))
    [System.IO.File]::WriteAllText($packed, $text)

    $nuspec = Join-Path $packages 'AkidaQuant.nuspec'
    Set-Content $nuspec (Get-Nuspec $data $notes)
    Invoke-DotNet pack (Join-Path $PSScriptRoot 'src/AkidaQuant.PowerShell') -c $Configuration --no-build --nologo -o $packages "-p:NuspecFile=$nuspec" "-p:NuspecBasePath=$module" '-p:NoWarn=NU5100'
    Remove-Item $nuspec
}

# The libraries in the module: all that it restores but those that only the build takes.
function Write-BillOfMaterials([string] $Folder, [string] $Version) {
    Push-Location $PSScriptRoot
    try {
        Invoke-DotNet tool restore
        $project = Join-Path $PSScriptRoot 'src/AkidaQuant.PowerShell/AkidaQuant.PowerShell.csproj'
        Invoke-DotNet CycloneDX $project --recursive --exclude-filter 'PowerShellStandard.Library,Grpc.Tools' --disable-package-restore `
            --output-format Json --no-serial-number --output $Folder --filename bom.json `
            --set-name AkidaQuant --set-version $Version --set-type Library
    }
    finally {
        Pop-Location
    }
}

# The changes of a version, and those since, which the package holds too.
function Get-ReleaseNotes([string] $Version) {
    $changes = [System.IO.File]::ReadAllText((Join-Path $PSScriptRoot 'CHANGELOG.md'))
    $parts = @($changes -split '(?m)^(?=## \[)' | Select-Object -Skip 1)
    $last = [array]::FindIndex($parts, [Predicate[object]] { $args[0].StartsWith("## [$Version]") })
    if ($last -lt 0) {
        throw "CHANGELOG.md has no part for the version $Version."
    }
    ($parts[0..$last] -join '').Trim()
}

function Get-Nuspec([hashtable] $Data, [string] $Notes) {
    $gallery = $Data.PrivateData.PSData
    $tags = @($gallery.Tags) + 'PSModule' + @($Data.CmdletsToExport | ForEach-Object { "PSCmdlet_$_"; "PSCommand_$_" })
    $values = $Data.ModuleVersion, $Data.Author, $Data.Description, $Data.Copyright, ($tags -join ' '), $gallery.ProjectUri, $Notes |
        ForEach-Object { [System.Security.SecurityElement]::Escape($_) }
    @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>AkidaQuant</id>
    <version>$($values[0])</version>
    <authors>$($values[1])</authors>
    <description>$($values[2])</description>
    <copyright>$($values[3])</copyright>
    <tags>$($values[4])</tags>
    <license type="file">LICENSE</license>
    <readme>README.md</readme>
    <projectUrl>$($values[5])</projectUrl>
    <releaseNotes>$($values[6])</releaseNotes>
  </metadata>
  <files>
    <file src="**" target="" />
  </files>
</package>
"@
}

Invoke-Build
if ($Task -contains 'Test') {
    Invoke-Test
}
if ($Task -contains 'Package') {
    Invoke-Package
}
