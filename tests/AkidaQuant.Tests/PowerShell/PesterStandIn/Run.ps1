# Pester's run: each block in a scope inside that of its parent, so that what BeforeAll sets is seen below it.

# The names of all tests, in the order in which they run.
function Get-PesterPlan {
    param($PesterBlock)

    foreach ($pesterItem in $PesterBlock.Items) {
        if ($pesterItem.Test) {
            @{ Name = Get-PesterName $PesterBlock $pesterItem }
        }
        else {
            Get-PesterPlan $pesterItem
        }
    }
}

# The name of a test after those of its blocks, with <name> replaced by the values of its data.
function Get-PesterName {
    param($PesterBlock, $PesterTest)

    $pesterNames = @()
    for ($pesterItem = $PesterBlock; $pesterItem; $pesterItem = $pesterItem.Parent) {
        if ($pesterItem.Data) {
            foreach ($pesterKey in $pesterItem.Data.Keys) {
                if ($null -eq $ExecutionContext.SessionState.PSVariable.GetValue("local:$pesterKey")) {
                    $ExecutionContext.SessionState.PSVariable.Set("local:$pesterKey", $pesterItem.Data[$pesterKey])
                }
            }
        }
    }
    if ($PesterTest.Data) {
        foreach ($pesterKey in $PesterTest.Data.Keys) {
            $ExecutionContext.SessionState.PSVariable.Set("local:$pesterKey", $PesterTest.Data[$pesterKey])
        }
    }
    for ($pesterItem = $PesterBlock; $pesterItem.Parent; $pesterItem = $pesterItem.Parent) {
        $pesterNames = @($pesterItem.Name) + $pesterNames
    }
    $pesterText = (@($pesterNames) + $PesterTest.Name) -join ' / '
    [regex]::Replace($pesterText, '<([\w.]+)>', {
        param($pesterMatch)
        $pesterValue = $ExecutionContext.InvokeCommand.InvokeScript('$' + $pesterMatch.Groups[1].Value)
        if ($pesterValue.Count) { "$pesterValue" } else { $pesterMatch.Value }
    })
}

function Invoke-PesterBlock {
    param($PesterBlock)

    if ($PesterBlock.Data) {
        foreach ($pesterKey in $PesterBlock.Data.Keys) {
            $ExecutionContext.SessionState.PSVariable.Set("local:$pesterKey", $PesterBlock.Data[$pesterKey])
        }
    }

    $pesterDrive = Enter-PesterDrive $PesterBlock
    if ($pesterDrive.Path) {
        $TestDrive = $pesterDrive.Path
    }
    $pesterFailure = $null
    try {
        if ($PesterBlock.BeforeAll) {
            $null = . $PesterBlock.BeforeAll
        }
    }
    catch {
        $pesterFailure = "BeforeAll of '$($PesterBlock.Name)' failed: $_`n$($_.ScriptStackTrace)"
    }

    $pesterResults = @(if ($pesterFailure) {
        Get-PesterPlan $PesterBlock | ForEach-Object { $_ + @{ Result = 'Failed'; Message = $pesterFailure } }
    }
    else {
        foreach ($pesterItem in $PesterBlock.Items) {
            if ($pesterItem.Test) {
                Invoke-PesterTest $PesterBlock $pesterItem
            }
            else {
                Invoke-PesterBlock $pesterItem
            }
        }
    })

    try {
        if ($PesterBlock.AfterAll) {
            $null = . $PesterBlock.AfterAll
        }
    }
    catch {
        $pesterResults[-1].Result = 'Failed'
        $pesterResults[-1].Message += "AfterAll of '$($PesterBlock.Name)' failed: $_`n$($_.ScriptStackTrace)"
    }
    Exit-PesterDrive $pesterDrive
    $pesterResults
}

function Invoke-PesterTest {
    param($PesterBlock, $PesterTest)

    $pesterName = Get-PesterName $PesterBlock $PesterTest
    $pesterMessages = @()
    if ($PesterTest.Data) {
        foreach ($pesterKey in $PesterTest.Data.Keys) {
            $ExecutionContext.SessionState.PSVariable.Set("local:$pesterKey", $PesterTest.Data[$pesterKey])
        }
    }

    $pesterChain = @(for ($pesterItem = $PesterBlock; $pesterItem; $pesterItem = $pesterItem.Parent) { $pesterItem })
    try {
        for ($pesterIndex = $pesterChain.Count - 1; $pesterIndex -ge 0; $pesterIndex--) {
            if ($pesterChain[$pesterIndex].BeforeEach) {
                $null = . $pesterChain[$pesterIndex].BeforeEach
            }
        }
        $null = . $PesterTest.Test
    }
    catch {
        $pesterMessages += "$_`n$($_.ScriptStackTrace)"
    }
    foreach ($pesterItem in $pesterChain) {
        try {
            if ($pesterItem.AfterEach) {
                $null = . $pesterItem.AfterEach
            }
        }
        catch {
            $pesterMessages += "AfterEach failed: $_`n$($_.ScriptStackTrace)"
        }
    }
    @{
        Name    = $pesterName
        Result  = $(if ($pesterMessages) { 'Failed' } else { 'Passed' })
        Message = $pesterMessages -join "`n"
    }
}

# A top-level block has a folder of its own; what an inner block adds to it goes with that block.
function Enter-PesterDrive {
    param($PesterBlock)

    if (-not $PesterBlock.Parent) {
        return @{ Kind = 'Root' }
    }
    if ($PesterBlock.Parent.Parent) {
        return @{ Kind = 'Inner'; Folder = $TestDrive; Before = [System.IO.Directory]::GetFileSystemEntries($TestDrive, '*', 'AllDirectories') }
    }

    $pesterFolder = [System.IO.Directory]::CreateTempSubdirectory('pester').FullName
    $pesterProvider = $ExecutionContext.SessionState.Provider.GetOne('FileSystem')
    $pesterInfo = [System.Management.Automation.PSDriveInfo]::new('TestDrive', $pesterProvider, $pesterFolder, '', $null)
    $null = $ExecutionContext.SessionState.Drive.New($pesterInfo, 'global')
    @{ Kind = 'Top'; Path = $pesterFolder }
}

function Exit-PesterDrive {
    param($PesterDrive)

    if ($PesterDrive.Kind -eq 'Top') {
        $ExecutionContext.SessionState.Drive.Remove('TestDrive', $true, 'global')
        [System.IO.Directory]::Delete($PesterDrive.Path, $true)
    }
    elseif ($PesterDrive.Kind -eq 'Inner') {
        foreach ($pesterEntry in [System.IO.Directory]::GetFileSystemEntries($PesterDrive.Folder, '*', 'AllDirectories')) {
            if ($pesterEntry -cnotin $PesterDrive.Before) {
                if ([System.IO.Directory]::Exists($pesterEntry)) {
                    [System.IO.Directory]::Delete($pesterEntry, $true)
                }
                elseif ([System.IO.File]::Exists($pesterEntry)) {
                    [System.IO.File]::Delete($pesterEntry)
                }
            }
        }
    }
}
