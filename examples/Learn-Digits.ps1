<#
.SYNOPSIS
A last layer that learns digits from a few samples, as on an Akida 1.0 device, behind a network that makes features of 1 bit.
.DESCRIPTION
Cuts a trained network behind its last ReLU, whose outputs get 1 bit, and converts it to Akida 1.0. A layer behind it learns 1, 5 and 20
digits a class, each time ten others, and reads 500 digits that it has not seen. Beside it stands a classifier that takes the class whose mean
over the same digits, in the same features, is the nearest. Then a layer learns the classes 0 to 7 first and 8 and 9 later. The network has been
trained with other digits of all ten classes: what is new is the layer, not the features.
.PARAMETER AsRow
Gives the rows as objects instead of the tables.
.EXAMPLE
dotnet run -c Release --project tools/Shell -- examples/Learn-Digits.ps1
#>
[CmdletBinding()]
param(
    [switch] $AsRow
)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
$data = "$PSScriptRoot/data"
$clock = [System.Diagnostics.Stopwatch]::StartNew()
$draws = 10
$perClass = 8
$calibration = Import-SampleSet "$data/digits_calibration.npz"
$digits = Import-SampleSet "$data/digits_test.npz"
$known = $digits[0..499]
$unseen = $digits[500..999]

# The feature extractor. Few bits are what is wanted here: the warning that they cost accuracy says nothing new.
$repaired = Import-QuantModel "$data/digits.h5" | Repair-QuantModel -Version 1.0 -Sample $calibration
$config = $repaired | Get-QuantConfig
$config['block_4_relu'].output_quantizer.bitwidth = 1
$backbone, $null = $repaired |
    Invoke-Quantize -Config $config -Sample $calibration -WarningAction SilentlyContinue |
    Optimize-QuantModel -Sample $calibration |
    Split-QuantModel -After block_4_relu
$extractor = $backbone | ConvertTo-Akida -Version 1.0

# What all digits are to the extractor, a row of zeros and ones each, and the library that adds such rows.
$features = $extractor | Invoke-AkidaModel -Sample $digits | ForEach-Object { , [float[]] $_.Output }
$size = $features[0].Length
$vector = ($extractor | Invoke-AkidaModel -Sample $digits[0] -AsTensor).GetType().Assembly.GetType('System.Numerics.Tensors.TensorPrimitives')

# As many digits of each class as asked for, others in each draw and the same on each machine.
function Get-Draw([int] $Shots, [int] $Draw) {
    $random = [random]::new($Draw)
    $order = 0..499 | Sort-Object { $random.Next() }
    $taken = [int[]]::new(10)
    foreach ($i in $order) {
        if ($taken[$known.Labels[$i]]++ -lt $Shots) {
            $i
        }
    }
}

# The shares of digits that are read as they are labelled, of each set of classes.
function Get-Accuracy($Model, [int[][]] $Classes) {
    $read = $Model | Invoke-AkidaModel -Sample $unseen
    foreach ($set in $Classes) {
        $members = @($read | Where-Object Label -In $set)
        @($members | Where-Object { $_.Class -eq $_.Label }).Count / $members.Count
    }
}

function Get-NearestMeanAccuracy([int[]] $Picked) {
    $means = foreach ($class in 0..9) {
        $mean = [float[]]::new($size)
        $members = @($Picked | Where-Object { $known.Labels[$_] -eq $class })
        foreach ($i in $members) {
            $vector::Add[float]($mean, $features[$i], $mean)
        }
        $vector::Divide[float]($mean, [float] $members.Count, $mean)
        , $mean
    }
    $correct = 0
    foreach ($i in 500..999) {
        $distances = foreach ($mean in $means) {
            $vector::Distance[float]($features[$i], $mean)
        }
        $nearest = [array]::IndexOf($distances, [System.Linq.Enumerable]::Min([float[]] $distances))
        $correct += $nearest -eq $digits.Labels[$i]
    }
    $correct / 500
}

# The mean of shares and how far they spread, in percent.
function Get-Spread([double[]] $Shares) {
    $measured = $Shares | Measure-Object -Average -StandardDeviation
    [math]::Round(100 * $measured.Average, 1), [math]::Round(100 * $measured.StandardDeviation, 1)
}

$advised = $extractor | Add-AkidaLearningLayer -Sample $known
$weights = $advised.Layers[-1].Learning.NumWeights

$learned = foreach ($shots in 1, 5, 20) {
    $results = foreach ($draw in 1..$draws) {
        $picked = Get-Draw $shots $draw
        $model = $extractor |
            Add-AkidaLearningLayer -NumWeights $weights -NumClasses 10 -NeuronsPerClass $perClass -LearningCompetition 0.1 -Seed $draw |
            Update-AkidaModel -Sample $known[$picked]
        @{ Akida = Get-Accuracy $model (, (0..9)); NearestMean = Get-NearestMeanAccuracy $picked }
    }
    $akida = Get-Spread $results.Akida
    $mean = Get-Spread $results.NearestMean
    [pscustomobject] @{
        Samples = $shots; Akida = $akida[0]; AkidaSpread = $akida[1]; NearestMean = $mean[0]; NearestMeanSpread = $mean[1]
    }
}

$stages = foreach ($draw in 1..$draws) {
    $picked = Get-Draw 20 $draw
    $model = $extractor |
        Add-AkidaLearningLayer -NumWeights $weights -NumClasses 8 -NeuronsPerClass $perClass -LearningCompetition 0.1 -Seed $draw |
        Update-AkidaModel -Sample $known[@($picked | Where-Object { $known.Labels[$_] -lt 8 })]
    $wider = $model | Add-AkidaClass 2 -Seed $draw | Update-AkidaModel -Sample $known[@($picked | Where-Object { $known.Labels[$_] -ge 8 })]
    $after = Get-Accuracy $wider (0..7), (8, 9), (0..9)
    @{ Before = Get-Accuracy $model (, (0..7)); After = $after[0]; New = $after[1]; All = $after[2] }
}
$names = [ordered]@{
    Before = '8 classes, before'; After = 'the same 8, after 2 were added'; New = 'the 2 that were added'; All = 'all 10'
}
$added = foreach ($name in $names.Keys) {
    $accuracy, $spread = Get-Spread $stages.$name
    [pscustomobject] @{ Classes = $names[$name]; Akida = $accuracy; AkidaSpread = $spread }
}

if ($AsRow) {
    return $learned, $added
}

function Get-Column([string] $Name, [string] $Label) {
    @{ Name = $Label; Expression = { $_.$Name.ToString('0.0', [cultureinfo]::InvariantCulture) }.GetNewClosure(); Alignment = 'Right' }
}

function Write-Table($Rows, $Columns) {
    ($Rows | Format-Table $Columns | Out-String -Width 120).Trim("`r", "`n")
}

"A layer of $perClass neurons a class with $weights connections to $size features of 1 bit"
"Accuracy in percent on $($unseen.Count) digits that it has not seen: mean and standard deviation over $draws draws"
''
Write-Table $learned @(
    @{ Name = 'Samples a class'; Expression = 'Samples'; Alignment = 'Right' }
    Get-Column Akida 'Akida'
    Get-Column AkidaSpread '+-'
    Get-Column NearestMean 'Nearest mean'
    Get-Column NearestMeanSpread '+- '
)
''
'Classes added later, 20 samples a class'
''
Write-Table $added @('Classes', (Get-Column Akida 'Akida'), (Get-Column AkidaSpread '+-'))
''
[string]::Format([cultureinfo]::InvariantCulture, 'Time taken: {0:0.0} s', $clock.Elapsed.TotalSeconds)
