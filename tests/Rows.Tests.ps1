BeforeDiscovery {
    $kinds = 'Prediction', 'PredictionOfImage', 'PredictionOfAkida', 'PotentialPrediction', 'SummaryRow', 'AkidaSummaryRow',
        'QuantErrorRow', 'QuantErrorRowOfWeight', 'QuantErrorRowOfChannel', 'KernelDistribution', 'HistogramBar', 'ModelMeasurement',
        'AkidaMeasurement', 'TopAccuracy', 'LayerSparsity', 'LayerWork', 'AkidaWork', 'AkidaStreamState', 'ConfusionRow', 'AkidaPart',
        'QuantizationParams', 'OptimizationReport', 'OptimizationChange', 'AkidaDevice', 'HardwareRule', 'HardwareRow', 'MappedLayer',
        'AkidaSequence',
        'LearningShare', 'LearnedNeuron'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $model = Import-QuantModel "$digits/float.h5"
    $quantized = Import-QuantModel "$digits/quantized.h5"
    $akida = $quantized | ConvertTo-Akida
    $test = Import-SampleSet "$digits/inputs.npz" -First 20
    $residual = Import-QuantModel "$PSScriptRoot/vectors/keras/residual_add/quantized.h5"
    $image = Import-QuantModel "$PSScriptRoot/vectors/keras/tutorial_1_params/float.h5"
    $measured = $quantized | Measure-QuantModel -Sample $test -TopK 1, 3
    $emulated = $akida | Measure-AkidaModel -Sample $test -TopK 2 -Sparsity

    [AkidaQuant.OptimizationChange[]] $changes = [AkidaQuant.OptimizationChange]::new($model.Name, 'stem_conv', 'QuantizedConv2D', 'kernel', '0.081', '0.034'),
        [AkidaQuant.OptimizationChange]::new($model.Name, 'gap', 'QuantizedGlobalAveragePooling2D', 'bits', '2', '8')

    $rows = @{
        Prediction             = $quantized | Invoke-QuantModel -Sample $test
        PredictionOfImage      = $image | Invoke-QuantModel -Sample (New-SampleSet -InputObject ([byte[]]::new(28 * 28 * 3)) -Shape 28, 28, 3)
        PredictionOfAkida      = $akida | Invoke-AkidaModel -Sample $test
        PotentialPrediction    = $akida | Invoke-AkidaModel -Sample $test -Potential
        SummaryRow             = $model, $quantized, $residual | Get-QuantSummary -AsRow
        AkidaSummaryRow        = $akida, ($residual | ConvertTo-Akida) | Get-AkidaSummary -AsRow
        QuantErrorRow          = $quantized | Measure-QuantError -Sample $test -AsRow
        QuantErrorRowOfWeight  = $quantized, $residual | Measure-QuantError -Mode Weight -AsRow
        QuantErrorRowOfChannel = $quantized | Measure-QuantError -Sample $test -Layer stem_conv -AsRow
        KernelDistribution     = $model, $quantized | Get-QuantDistribution
        HistogramBar           = ($quantized | Get-QuantDistribution | Select-Object -First 1).Histogram
        ModelMeasurement       = @($model | Measure-QuantModel -Sample $test) + $measured
        AkidaMeasurement       = $emulated
        TopAccuracy            = $measured.TopK
        LayerSparsity          = $emulated.Sparsity
        LayerWork              = $akida | Measure-AkidaWork $test
        AkidaWork              = $akida | Measure-AkidaWork $test -Total
        AkidaStreamState       = (Import-QuantModel "$PSScriptRoot/vectors/keras/temporal_buffers/quantized.h5" | ConvertTo-Akida | New-AkidaStream).State
        AkidaPart              = (Import-QuantModel "$PSScriptRoot/vectors/keras/fused_activations_softmax_head/quantized.h5" | ConvertTo-Akida -WarningAction SilentlyContinue).Parts
        ConfusionRow           = $measured.Confusion.Rows
        QuantizationParams     = (New-QuantParameter), (New-QuantParameter -WeightBits 4 -InputType int8 -LastOutputBits 8)
        OptimizationReport     = [AkidaQuant.OptimizationReport]::new($model.Name, 'Full', 90, 10, 0.3125, 0.0412, $changes)
        OptimizationChange     = $changes
        AkidaDevice            = Get-AkidaDevice
        HardwareRule           = Get-AkidaDevice -Rule
        HardwareRow            = $akida | Test-AkidaModel -Device AKD1000
        MappedLayer            = ($akida | Resolve-AkidaMapping SixNodesIPv2).Layers
        AkidaSequence          = ($akida | Resolve-AkidaMapping SixNodesIPv2).Sequences
        LearningShare          = [AkidaQuant.Akida.Learning.LearningShare]::new($model.Name, 'learning', 25, 4)
        LearnedNeuron          = [AkidaQuant.Akida.Learning.LearnedNeuron]::new($model.Name, 'learning', 2, 1, 25, 40, 0.75, 90)
    }

    # What a row may hold: nothing, a text, a number, a boolean, a time, a name of an enumeration, and a list of such, which shows as its
    # members. Anything else is text by ToString, which must say something.
    function Get-Flat($Value) {
        if ($null -eq $Value) { '' }
        elseif ($Value -is [string]) { $Value }
        elseif ($Value -is [System.Collections.IEnumerable]) {
            @($Value).ForEach({ [System.Convert]::ToString($_, [cultureinfo]::InvariantCulture) }) -join ' '
        }
        else { [System.Convert]::ToString($Value, [cultureinfo]::InvariantCulture) }
    }

    $foreign = 'System\.|AkidaQuant\.|`\d|\w\[\]|\w+ \{ \w+ = '
}

Describe 'Rows of <_>' -ForEach $kinds {
    BeforeAll {
        $kind = $_
        $given = @($rows[$kind])
        $names = $given[0].PSObject.Properties.Name
    }

    It 'hold texts, numbers, booleans, times and lists of such' {
        $given.Count | Should -BeGreaterThan 0
        foreach ($row in $given) {
            foreach ($property in $row.PSObject.Properties) {
                Get-Flat $property.Value | Should -Not -Match $foreign -Because $property.Name
            }
        }
    }

    It 'go through Export-Csv and back' {
        $given | Export-Csv "$TestDrive/rows.csv"
        $read = @(Import-Csv "$TestDrive/rows.csv")
        $read.Count | Should -Be $given.Count
        $read[0].PSObject.Properties.Name | Should -Be $names
        for ($i = 0; $i -lt $given.Count; $i++) {
            foreach ($name in $names) {
                $read[$i].$name | Should -BeExactly (Get-Flat $given[$i].$name) -Because "$name of row $i"
            }
        }
    }

    It 'fill a table of ConvertTo-Html' {
        $html = $given | ConvertTo-Html -Fragment | Out-String
        [System.Net.WebUtility]::HtmlDecode($html) | Should -Not -Match $foreign
        foreach ($name in $names) {
            $html | Should -Match "<th>$name</th>"
        }
    }

    It 'go through ConvertTo-Json, the default depth enough' {
        $json = $given[0] | ConvertTo-Json -WarningVariable warnings -WarningAction SilentlyContinue
        if ($kind -notin 'ModelMeasurement', 'AkidaMeasurement') {
            $warnings | Should -BeNullOrEmpty
        }
        $json | Should -Not -Match $foreign
        $read = $json | ConvertFrom-Json
        foreach ($name in $names) {
            $value = $given[0].$name
            if ($value -is [enum]) {
                $read.$name | Should -BeExactly "$value" -Because $name
            }
            elseif ($value -is [string] -or $value -is [bool] -or $value -is [int] -or $value -is [long]) {
                $read.$name | Should -BeExactly $value -Because $name
            }
            elseif ($value -is [System.Collections.IEnumerable]) {
                @($read.$name).Count | Should -Be @($value).Count -Because $name
            }
        }
    }

    It 'are sorted and found by any property' {
        foreach ($name in $names) {
            $sorted = @($given | Sort-Object $name)
            $sorted.Count | Should -Be $given.Count
            $value = $given[0].$name
            if ($null -ne $value -and $value -isnot [System.Collections.IEnumerable] -or $value -is [string]) {
                @($given | Where-Object $name -EQ $value).Count | Should -BeGreaterThan 0 -Because $name
            }
        }
    }
}

Describe 'Rows' {
    It 'of summaries say what users filter by' {
        $rows.SummaryRow.Model | Sort-Object -Unique | Should -Be ($model, $quantized, $residual | ForEach-Object Name | Sort-Object -Unique)
        $convolutions = $quantized | Get-QuantSummary -AsRow | Where-Object Type -EQ QuantizedConv2D
        $convolutions.WeightBits | Sort-Object -Unique | Should -Be 8
        $convolutions[0].OutputShape | Should -BeExactly '(None, 14, 14, 16)'
        $relu = $quantized | Get-QuantSummary -AsRow | Where-Object Name -EQ stem_relu
        $relu.ConnectedTo | Should -BeExactly stem_conv
        $relu.OutputBits | Should -Be 8
        $add = $residual | Get-QuantSummary -AsRow | Where-Object Type -EQ QuantizedAdd | Select-Object -First 1
        $add.ConnectedTo | Should -Match '^\w+, \w+$'
        $model | Get-QuantSummary -AsRow | Where-Object { $null -ne $_.WeightBits -or $null -ne $_.OutputBits } | Should -BeNullOrEmpty
        ($quantized | Get-QuantSummary -AsRow | Where-Object Type -EQ InputLayer).OutputBits | Should -Be 8
    }

    It 'of summaries know narrow bits' {
        $narrow = $model | Invoke-Quantize -Parameter (New-QuantParameter -WeightBits 4 -ActivationBits 4) -Sample $test
        $row = $narrow | Get-QuantSummary -AsRow | Where-Object Name -EQ block_1_pw
        $row.WeightBits | Should -Be 4
        ($narrow | Get-QuantSummary -AsRow | Where-Object Name -EQ block_1_relu).OutputBits | Should -Be 4
        $narrow.Bits | Should -BeExactly '4-8/4-8'
        ($narrow | ConvertTo-Akida | Get-AkidaSummary -AsRow | Where-Object Name -EQ block_1_pw).WeightBits | Should -Be 4
    }

    It 'are as many as the layers, reported or summarized' {
        ($quantized | Get-QuantSummary -AsRow).Name | Should -Be ($quantized | Get-QuantSummary).Rows.Name
        ($akida | Get-AkidaSummary -AsRow).Name | Should -Be ($akida | Get-AkidaSummary).Rows.Name
        ($akida | Get-AkidaSummary -AsRow).Macs | Measure-Object -Sum | ForEach-Object Sum | Should -Be $akida.Macs
        ($quantized | Measure-QuantError -Sample $test -AsRow).Name | Should -Be ($quantized | Measure-QuantError -Sample $test).Rows.Name
        $rows.QuantErrorRowOfWeight.Mode | Sort-Object -Unique | Should -Be Weight
        $rows.QuantErrorRowOfWeight.Model | Sort-Object -Unique | Should -Be ($quantized.Name, $residual.Name | Sort-Object)
    }

    It 'of predictions keep their numbers' {
        $prediction = $rows.Prediction[0]
        $prediction.Output[$prediction.Class] | Should -Be $prediction.Score
        $prediction.Output[-1] | Should -Be $prediction.Output[9]
        $prediction.Output[0..2] | Should -HaveCount 3
        $prediction.Output.Length | Should -Be 10
        [float[]] $values = $prediction.Output
        [System.Linq.Enumerable]::Max($values) | Should -Be $prediction.Score
        ($prediction.Output | Measure-Object -Maximum).Maximum | Should -Be $prediction.Score
        "$($rows.PredictionOfImage)" | Should -Match 'sample 0: \d+ outputs'
    }
}

Describe 'Measurements' {
    It 'say what was measured' {
        foreach ($case in @(
                @{ Measured = $model | Measure-QuantModel -Sample $test; Kind = 'float'; Bits = $null }
                @{ Measured = $measured; Kind = 'quantized'; Bits = '8/8' }
                @{ Measured = $emulated; Kind = 'Akida 2.0'; Bits = '8/8' }
            )) {
            $case.Measured.Model | Should -BeExactly $model.Name
            $case.Measured.Kind | Should -BeExactly $case.Kind
            $case.Measured.Bits | Should -BeExactly $case.Bits
            $case.Measured.Count | Should -Be 20
            $case.Measured.Source | Should -BeExactly $test.Source
        }
    }

    It 'say it of errors too' {
        $report = $quantized | Measure-QuantError -Sample $test
        $report.Bits, $report.Count, $report.Source | Should -Be '8/8', 20, $test.Source
        ($quantized | Measure-QuantError -BatchSize 4 -Seed 1).Count | Should -Be 4
        $weights = $quantized | Measure-QuantError -Mode Weight
        $weights.Count | Should -BeNullOrEmpty
        $weights.Source | Should -BeNullOrEmpty
    }

    It 'are told apart in one table' {
        $table = @($model, $quantized | Measure-QuantModel -Sample $test) + $emulated | Select-Object Model, Kind, Bits, Accuracy | ConvertTo-Csv
        $table[1] | Should -Match '"float",,'
        $table[2] | Should -Match '"quantized","8/8",'
        $table[3] | Should -Match '"Akida 2.0","8/8",'
    }
}

Describe 'ConvertTo-Json' {
    It 'writes <_> without record texts or names of types, and without their weights' -ForEach 'model', 'quantized', 'akida' {
        $json = Get-Variable $_ -ValueOnly | ConvertTo-Json -WarningAction SilentlyContinue
        $json.Length | Should -BeLessThan 200KB
        $json | Should -Not -Match $foreign
        ($json | ConvertFrom-Json).Name | Should -BeExactly $model.Name
    }

    It 'writes enumerations by name' {
        (New-QuantParameter | ConvertTo-Json | ConvertFrom-Json).InputType | Should -BeExactly UInt8
        ($akida | ConvertTo-Json -WarningAction SilentlyContinue | ConvertFrom-Json).IpVersion | Should -BeExactly V2
        ($quantized | Measure-QuantError -Mode Weight | ConvertTo-Json | ConvertFrom-Json).Mode | Should -BeExactly Weight
    }

    It 'writes samples without their values' {
        $json = $test | ConvertTo-Json
        $json.Length | Should -BeLessThan 2KB
        ($json | ConvertFrom-Json).Count | Should -Be 20
    }
}

Describe 'Layers as rows of files' {
    It 'have cells that say their values: <_>' -ForEach 'model', 'quantized', 'akida', 'residual' {
        $layers = (Get-Variable $_ -ValueOnly).Layers
        foreach ($text in ($layers | ConvertTo-Csv | Out-String), ($layers | ConvertTo-Html -Fragment | Out-String)) {
            [System.Net.WebUtility]::HtmlDecode($text) | Should -Not -Match 'System\.|`\d|\w\[\]|z__'
        }
    }

    It 'name what feeds them, with the scale of each channel' {
        $read = $quantized['stem_relu'] | ConvertTo-Csv | ConvertFrom-Csv
        $read.Inputs | Should -BeExactly 'stem_conv'
        $read.Scale.Split(' ') | Should -HaveCount 16
        $last = $akida.Layers[-1]
        ($last | ConvertTo-Csv | ConvertFrom-Csv).Inbounds | Should -BeExactly $last.Inbounds[0]
        ($akida['stem_conv'] | ConvertTo-Csv | ConvertFrom-Csv).KernelShapes | Should -BeExactly '(3, 3, 1, 16)'
    }
}
