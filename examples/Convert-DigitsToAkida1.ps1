<#
.SYNOPSIS
A trained network of handwritten digits on its way to Akida 1.0, by cmdlets alone.
.DESCRIPTION
Brings the network into the form that Akida 1.0 has, with the samples that rectifiers get their bounds from, quantizes it with the
scheme that it then asks for, optimizes it with the same samples, whose labels are not looked at, and converts it. All steps are
measured on 1,000 other digits.
.EXAMPLE
dotnet run -c Release --project tools/Shell -- examples/Convert-DigitsToAkida1.ps1
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
$data = "$PSScriptRoot/data"

$model = Import-QuantModel "$data/digits.h5"
$calibration = Import-SampleSet "$data/digits_calibration.npz"
$test = Import-SampleSet "$data/digits_test.npz"

# Few bits are what Akida 1.0 has: the warning that they cost accuracy says nothing new.
$repaired = $model | Repair-QuantModel -Version 1.0 -Sample $calibration
$quantized = $repaired | Invoke-Quantize -Sample $calibration -BatchSize 100 -Epoch 2 -WarningAction SilentlyContinue
$optimized = $quantized | Optimize-QuantModel -Sample $calibration
$akida = $optimized | ConvertTo-Akida -Version 1.0

'What Akida 1.0 needs'
foreach ($change in $repaired.Repair.Changes) {
    "  $($change.Layer) $($change.Action)"
}
''
'The Akida 1.0 network'
"$($akida | Get-AkidaSummary)"

"Accuracy on $($test.Count) digits that the network has not seen"
$stages = [ordered]@{
    float     = $model | Measure-QuantModel -Sample $test
    repaired  = $repaired | Measure-QuantModel -Sample $test
    quantized = $quantized | Measure-QuantModel -Sample $test
    optimized = $optimized | Measure-QuantModel -Sample $test
    Akida     = $akida | Measure-AkidaModel -Sample $test
}
foreach ($stage in $stages.Keys) {
    [string]::Format([cultureinfo]::InvariantCulture, '  {0,-9} {1,5:0.0} %', $stage, 100 * $stages[$stage].Accuracy)
}

# Levels of 4 bits are within one of those of the quantized network, so that a few digits may be read differently.
$before = @($optimized | Invoke-QuantModel -Sample $test)
$after = @($akida | Invoke-AkidaModel -Sample $test)
$unequal = @(0..($test.Count - 1) | Where-Object { $before[$_].Class -ne $after[$_].Class })
''
"Digits read differently by the optimized and the Akida network: $($unequal.Count)"
