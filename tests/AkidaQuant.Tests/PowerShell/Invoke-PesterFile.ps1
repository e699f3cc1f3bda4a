<#
.SYNOPSIS
Finds or runs the tests of some Pester files and writes a line of JSON for each.
.PARAMETER Pester
The manifest of the Pester to use.
.PARAMETER Path
The files, separated as in PATH.
.PARAMETER Result
The file to write.
.PARAMETER Discovery
Finds the tests without running them.
#>
param(
    [Parameter(Mandatory)] [string] $Pester,
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Result,
    [switch] $Discovery
)

$ErrorActionPreference = 'Stop'
Import-Module $Pester

function Invoke-Session([Pester.ContainerInfo[]] $Container) {
    $runspace = [runspacefactory]::CreateRunspace($Host, [initialsessionstate]::CreateDefault2())
    try {
        $runspace.Open()
        $session = [powershell]::Create($runspace)
        $null = $session.AddCommand('Import-Module').AddArgument($Pester).AddStatement()
        $null = $session.AddCommand('Invoke-Pester').AddParameters(@{ Container = $Container; PassThru = $true; Output = 'None' })
        $session.Invoke()
    }
    finally {
        $runspace.Dispose()
    }
}

function Get-Block($Block) {
    $Block
    foreach ($inner in $Block.Blocks) {
        Get-Block $inner
    }
}

function Get-Failure($Item, [string] $Name) {
    foreach ($record in $Item.ErrorRecord) {
        "${Name}: $record"
        $record.ScriptStackTrace -split '\r?\n' -notlike "*$(Split-Path $Pester)*"
    }
}

function Get-Outcome($Run) {
    # Of a file that cannot be read, of a BeforeAll and of an AfterAll.
    $outside = @(
        foreach ($container in $Run.Containers) {
            Get-Failure $container 'The file'
            foreach ($block in $container.Blocks | ForEach-Object { Get-Block $_ }) {
                Get-Failure $block $block.ExpandedPath
            }
        }
    )
    $outcomes = @(
        foreach ($test in $Run.Tests) {
            @{
                Name    = $test.ExpandedPath
                Result  = $test.Result
                Message = @("The test has the result $($test.Result)."; Get-Failure $test $test.ExpandedPath; $outside) -join "`n"
            }
        }
    )

    # What fails outside of the tests is a failure even where each of them passed.
    if ($outcomes -and $Run.Result -ne 'Passed' -and $Run.FailedCount -eq 0) {
        $outcomes[-1].Result = 'Failed'
    }
    if (-not $outcomes) {
        $outcomes = @{ Name = 'The file'; Result = 'Failed'; Message = @('The file has no tests.'; $outside) -join "`n" }
    }
    $outcomes
}

$files = $Path.Split([System.IO.Path]::PathSeparator)
$tests = if ($Discovery) {
    $run = Invoke-Session ($files | ForEach-Object { New-PesterContainer -Path "$PSScriptRoot/SkippedPesterFile.ps1" -Data @{ File = $_ } })
    foreach ($test in $run.Tests) {
        @{ File = Split-Path $test.ScriptBlock.File -Leaf; Name = $test.ExpandedPath.Substring('skipped.'.Length) }
    }
}
else {
    # A session for each file: what one leaves behind, such as a module or a location, another does not see.
    foreach ($file in $files) {
        foreach ($test in Get-Outcome (Invoke-Session (New-PesterContainer -Path $file))) {
            @{ File = Split-Path $file -Leaf } + $test
        }
    }
}
Set-Content $Result ($tests | ForEach-Object { ConvertTo-Json $_ -Compress })
