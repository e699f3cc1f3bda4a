# Runs plain Pester 5 files, separated as in PATH, where Pester is absent: discovers them, runs them, and writes one JSON line a test.
# All variables of the stand-in begin with "pester", because test code sees the variables of its callers.
param(
    [Parameter(Mandatory)] [string] $PesterPath,
    [Parameter(Mandatory)] [string] $PesterResult,
    [switch] $PesterDiscovery
)

. "$PSScriptRoot/Discovery.ps1"
. "$PSScriptRoot/Run.ps1"
. "$PSScriptRoot/Should.ps1"

$pesterWriter = [System.IO.StreamWriter]::new($PesterResult)
try {
    foreach ($pesterFile in $PesterPath.Split([System.IO.Path]::PathSeparator)) {
        $pesterBase = @{ File = [System.IO.Path]::GetFileName($pesterFile) }
        try {
            $pesterRoot = Find-PesterTest $pesterFile
            $pesterResults = if ($PesterDiscovery) { Get-PesterPlan $pesterRoot } else { Invoke-PesterBlock $pesterRoot }
        }
        catch {
            $pesterResults = @{ Name = 'discovery'; Result = 'Failed'; Message = "$_`n$($_.ScriptStackTrace)" }
        }
        foreach ($pesterEntry in $pesterResults) {
            $pesterWriter.WriteLine((ConvertTo-Json ($pesterBase + $pesterEntry) -Compress))
        }
    }
}
finally {
    $pesterWriter.Dispose()
}
