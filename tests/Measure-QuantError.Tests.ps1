BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_lenet"
    $model = Import-QuantModel "$digits/float.h5"
    $quantized = Import-QuantModel "$digits/quantized.h5"
    $test = Import-SampleSet "$digits/inputs.npz" -First 20
    $type = 'AkidaQuant.PowerShell.Commands.MeasureQuantErrorCommand'
}

Describe 'Measure-QuantError' {
    It 'measures each layer by itself' {
        $report = $quantized | Measure-QuantError -FloatModel $model -Sample $test
        $report.Mode | Should -Be 'Single'
        $report.Rows.Count | Should -BeGreaterThan 5
        $report.Rows[0].Name | Should -Be "$($report.Rows[0].Layer) ($($report.Rows[0].Kind))"
        foreach ($row in $report.Rows) {
            $row.Smape | Should -BeLessThan 0.2 -Because $row.Name
        }
    }

    It 'measures layers behind those before them' {
        $single = Measure-QuantError $quantized $model -Sample $test -BatchSize 7
        $cumulative = Measure-QuantError $quantized $model -Sample $test -Mode cumulative
        $cumulative.Rows.Layer | Should -Be $single.Rows.Layer
        $cumulative.Rows[0].Smape | Should -BeLessThan 0.2
    }

    It 'measures the same however many threads compute' {
        foreach ($mode in 'Single', 'Cumulative') {
            $expected = (Measure-QuantError $quantized $model -Sample $test -Mode $mode).ToString()
            foreach ($threads in 1, 2, 7) {
                (Measure-QuantError $quantized $model -Sample $test -Mode $mode -ThrottleLimit $threads).ToString() |
                    Should -BeExactly $expected -Because "$mode, $threads threads"
            }
        }
        { Measure-QuantError $quantized $model -Sample $test -ThrottleLimit 0 } | Should -Throw '*ThrottleLimit*'
    }

    It 'finds the float model that the quantized one came from' {
        $given = Measure-QuantError $quantized $model -Sample $test
        $found = Measure-QuantError $quantized -Sample $test
        $found.Rows.Name | Should -Be $given.Rows.Name
        [System.Math]::Abs($found.Rows[1].Smape - $given.Rows[1].Smape) | Should -BeLessThan 0.0001
    }

    It 'measures weights' {
        $rows = (Measure-QuantError $quantized -Mode Weight).Rows
        $rows.Kind | Should -Contain 'weight_quantizer'
        $rows.Kind | Should -Contain 'bias_quantizer'
        $rows[0].Name | Should -Be "$($rows[0].Layer)/$($rows[0].Kind)"
    }

    It 'gives its rows with -AsRow' {
        $rows = Measure-QuantError $quantized $model -Sample $test -AsRow
        $rows | Should -BeOfType ([AkidaQuant.Analysis.QuantErrorRow])
        $rows.Smape | Should -Be (Measure-QuantError $quantized $model -Sample $test).Rows.Smape
        $rows.Model | Sort-Object -Unique | Should -BeExactly $quantized.Name
        ($rows | Sort-Object Smape -Descending -Top 1).Smape | Should -Be ($rows.Smape | Measure-Object -Maximum).Maximum
    }

    It 'measures the channels of a layer' {
        $layer = (Measure-QuantError $quantized -Mode Weight).Rows[0].Layer
        $rows = (Measure-QuantError $quantized $model -Layer $layer -Seed 1).Rows
        $rows[0].Channel | Should -Be 0
        $rows[-1].Name | Should -BeLike "*:$($rows.Count)"
        (Measure-QuantError $quantized $model -Layer $layer -Seed 1).Rows.Smape | Should -Be $rows.Smape
    }

    It 'prints the table of the reference' {
        $text = Measure-QuantError $quantized $model -Sample $test | Out-String
        $text | Should -Match 'Quantization error for \S+:'
        $text | Should -Match 'Layer/node +\| SMAPE +\| Saturation \(%\)'
        (Measure-QuantError $quantized $model -Sample $test).Rows | Out-String | Should -Match 'Layer +Kind +Channel +Smape +Saturation +Sums +Error +dB +Reliable'
    }

    It 'names where the error enters, and calls no layer right whose sums saturate' {
        $public = "$PSScriptRoot/vectors/public/keras"
        $samples = Import-SampleSet "$public/42_dscnn_kws_like.samples.npy"
        $ruined = Invoke-Quantize "$public/42_dscnn_kws_like.h5" -Sample $samples -BatchSize 4 -WarningAction SilentlyContinue
        foreach ($mode in 'Single', 'Cumulative') {
            $report = $ruined | Measure-QuantError -Sample $samples -Mode $mode
            $report.Begins | Should -Be 'r5'
            $report.Finding | Should -Match "cosine 0\.4.*begins at layer 'r5'.*saturate.*Optimize-QuantModel"
            $report | Out-String | Should -Match "Layer/node(.*\n)+.*begins at layer 'r5'"
            $row = $report.Rows | Where-Object Layer -EQ r5
            $row.SumSaturation | Should -BeGreaterThan 10
            $row.RelativeError | Should -BeGreaterThan 0.5
            $row.IsReliable | Should -BeFalse
            $report.Worst.SignalToNoise | Should -Be ($report.Rows.SignalToNoise | Measure-Object -Minimum).Minimum
        }
        $sound = Measure-QuantError $quantized $model -Sample $test
        $sound.Finding | Should -Match '^The outputs are .* % off .*Most of that enters at layer'
        $sound.Rows.IsReliable | Should -Not -Contain $false
        (Measure-QuantError $quantized -Mode Weight).Finding | Should -BeNullOrEmpty
    }

    It 'shows no error of 0 where all values saturate' {
        $row = [AkidaQuant.Analysis.QuantErrorRow]::new('m', 'Single', 'a (B)', 'a', 'B', $null, 0, 100)
        $row.IsReliable | Should -BeFalse
        $row | Out-String | Should -Match 'none +100'
    }

    It 'takes samples for a model that keeps state as one stream unless told otherwise' {
        $folder = "$PSScriptRoot/vectors/keras/temporal_buffers"
        $temporal = Import-QuantModel "$folder/quantized.h5"
        $steps = Import-SampleSet "$folder/samples.npz" -First 6
        $floating = Import-QuantModel "$folder/float.h5"
        $one = (Measure-QuantError $temporal $floating -Sample $steps).ToString()
        $one | Should -BeExactly (Measure-QuantError $temporal $floating -Sample $steps -BatchSize 1).ToString()
        $one | Should -Not -BeExactly (Measure-QuantError $temporal $floating -Sample $steps -BatchSize 2).ToString()
        { Measure-QuantError $temporal $floating -Sample $steps -BatchSize 4 -ErrorAction Stop } |
            Should -Throw -ErrorId "StreamLengthsDiffer,$type"
    }

    It 'refuses what it cannot measure' -TestCases @(
        @{ Case = 'a layer that is not there'; Arguments = @{ Layer = 'none' }; Id = 'LayerNotFound' }
        @{ Case = 'a layer without error'; Arguments = @{ Layer = 'flatten' }; Id = 'LayerNotMeasurable' }
    ) {
        { Measure-QuantError $quantized $model @Arguments -ErrorAction Stop } | Should -Throw -ErrorId "$Id,$type" -Because $Case
    }

    It 'refuses models in the wrong place' {
        { Measure-QuantError $model $model -ErrorAction Stop } | Should -Throw -ErrorId "ModelNotQuantized,$type"
        { Measure-QuantError $quantized $quantized -ErrorAction Stop } | Should -Throw -ErrorId "AlreadyQuantized,$type"
    }
}
