# Runs a model over samples and prints the greatest memory that the process ever took, before and after.
param([string] $Model, [string] $Sample)

$ErrorActionPreference = 'Stop'
Import-Module "$PWD/AkidaQuant.psd1"
$network = Import-QuantModel $Model
$images = Import-SampleSet $Sample
"before $((Get-Process -Id $PID).PeakWorkingSet64)"
$clock = [System.Diagnostics.Stopwatch]::StartNew()
$null = $network | Invoke-QuantModel -Sample $images
"milliseconds $($clock.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture))"
"peak $((Get-Process -Id $PID).PeakWorkingSet64)"
