# Pester's discovery: running a file collects its blocks and tests without running them.

function New-PesterBlock {
    param($PesterName, $PesterParent, $PesterData)

    @{
        Name       = $PesterName
        Parent     = $PesterParent
        Data       = $PesterData
        Items      = [System.Collections.Generic.List[object]]::new()
        BeforeAll  = $null
        BeforeEach = $null
        AfterEach  = $null
        AfterAll   = $null
    }
}

function Find-PesterTest {
    param([string] $PesterFile)

    $pesterBlock = New-PesterBlock ([System.IO.Path]::GetFileName($PesterFile))
    $null = & $PesterFile
    $pesterBlock
}

# The variables that an item of -ForEach brings: its keys when it is a table, and always $_.
function Get-PesterVariable {
    param($PesterData)

    $pesterVariables = @{ _ = $PesterData }
    if ($PesterData -is [System.Collections.IDictionary]) {
        foreach ($pesterKey in $PesterData.Keys) {
            $pesterVariables[[string] $pesterKey] = $PesterData[$pesterKey]
        }
    }
    $pesterVariables
}

# A -ForEach without items, or of null, makes nothing.
function Get-PesterItem {
    param($PesterForEach)

    if ($null -ne $PesterForEach) {
        $PesterForEach
    }
}

function Add-PesterBlock {
    param([string] $PesterName, [scriptblock] $PesterFixture, [bool] $PesterHasData, [object[]] $PesterForEach)

    $pesterParent = $pesterBlock
    foreach ($pesterData in @(if ($PesterHasData) { Get-PesterItem $PesterForEach } else { , $null })) {
        $pesterBlock = New-PesterBlock $PesterName $pesterParent $(if ($PesterHasData) { Get-PesterVariable $pesterData })
        $pesterParent.Items.Add($pesterBlock)
        if ($PesterHasData) {
            foreach ($pesterKey in $pesterBlock.Data.Keys) {
                $ExecutionContext.SessionState.PSVariable.Set("local:$pesterKey", $pesterBlock.Data[$pesterKey])
            }
        }
        $null = & $PesterFixture
    }
}

function Describe {
    param(
        [Parameter(Mandatory, Position = 0)] [string] $Name,
        [Parameter(Position = 1)] [scriptblock] $Fixture,
        [Alias('TestCases')] [object[]] $ForEach,
        [string[]] $Tag
    )

    Add-PesterBlock $Name $Fixture $PSBoundParameters.ContainsKey('ForEach') $ForEach
}

${function:Context} = ${function:Describe}

function It {
    param(
        [Parameter(Mandatory, Position = 0)] [string] $Name,
        [Parameter(Mandatory, Position = 1)] [scriptblock] $Test,
        [Alias('ForEach')] [object[]] $TestCases,
        [string[]] $Tag
    )

    $pesterHasData = $PSBoundParameters.ContainsKey('TestCases')
    foreach ($pesterData in @(if ($pesterHasData) { Get-PesterItem $TestCases } else { , $null })) {
        $pesterBlock.Items.Add(@{
            Name = $Name
            Test = $Test
            Data = $(if ($pesterHasData) { Get-PesterVariable $pesterData })
        })
    }
}

# In a module of its own, because only from there a block that is dot-sourced runs in the scope of the test file.
$null = New-Module -Name PesterStandIn {
    function BeforeDiscovery {
        param([Parameter(Mandatory, Position = 0)] [scriptblock] $ScriptBlock)

        . $ScriptBlock
    }
}

function BeforeAll {
    param([Parameter(Mandatory, Position = 0)] [scriptblock] $Scriptblock)

    $pesterBlock.BeforeAll = $Scriptblock
}

function BeforeEach {
    param([Parameter(Mandatory, Position = 0)] [scriptblock] $Scriptblock)

    $pesterBlock.BeforeEach = $Scriptblock
}

function AfterEach {
    param([Parameter(Mandatory, Position = 0)] [scriptblock] $Scriptblock)

    $pesterBlock.AfterEach = $Scriptblock
}

function AfterAll {
    param([Parameter(Mandatory, Position = 0)] [scriptblock] $Scriptblock)

    $pesterBlock.AfterAll = $Scriptblock
}
