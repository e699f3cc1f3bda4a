<#
.SYNOPSIS
What calibration samples mean for accuracy.
.DESCRIPTION
Quantizes the trained network of digits with random samples and with real ones, and measures both on digits that it has not seen.
.EXAMPLE
dotnet run -c Release --project tools/Shell -- examples/Compare-Calibration.ps1
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
$data = "$PSScriptRoot/data"
$digits = Import-QuantModel "$data/digits.h5"
$test = Import-SampleSet "$data/digits_test.npz"

# A warning says that ranges of single channels need real samples; how much they do is measured here.
$random = $digits | Invoke-Quantize -SampleCount 1024 -BatchSize 100 -Seed 1 -WarningAction SilentlyContinue
$real = $digits | Invoke-Quantize -Sample (Import-SampleSet "$data/digits_calibration.npz") -BatchSize 100 -Epoch 2

"Accuracy on $($test.Count) digits that the network has not seen"
$models = [ordered]@{ 'float' = $digits; 'random samples' = $random; 'real samples' = $real }
foreach ($name in $models.Keys) {
    $accuracy = ($models[$name] | Measure-QuantModel -Sample $test).Accuracy
    [string]::Format([cultureinfo]::InvariantCulture, '  {0,-14}  {1:0.0} %', $name, 100 * $accuracy)
}
