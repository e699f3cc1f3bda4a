BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $akida = Import-QuantModel "$digits/quantized.h5" | ConvertTo-Akida
    $test = (Import-SampleSet "$digits/inputs.npz" -First 40).WithLabels($null)
    $type = 'AkidaQuant.PowerShell.Commands.MeasureAkidaWorkCommand'
}

Describe 'Measure-AkidaWork' {
    It 'gives a row a layer, without labels' {
        $rows = $akida | Measure-AkidaWork -Sample $test
        $rows[0] | Should -BeOfType 'AkidaQuant.Akida.LayerWork'
        $rows.Name | Should -Be $akida.Layers.Name
        ($rows | Measure-Object Multiplications -Sum).Sum | Should -Be (40 * $akida.Macs)
        foreach ($row in $rows) {
            $row.Samples | Should -Be 40
            $row.Operations | Should -BeLessOrEqual $row.Multiplications
            $row.Events | Should -BeLessOrEqual $row.Inputs
        }
        $sparsity = ($akida | Measure-AkidaModel -Sample $test -Sparsity).Sparsity
        foreach ($layer in $sparsity) {
            ($rows | Where-Object Name -EQ $layer.Name).Sparsity | Should -Be $layer.Sparsity
        }
    }

    It 'gives the sums' {
        $rows = Measure-AkidaWork $akida $test -BatchSize 7 -ThrottleLimit 1
        $work = $akida | Measure-AkidaWork $test -Total
        $work | Should -BeOfType 'AkidaQuant.Akida.AkidaWork'
        $work.Operations | Should -Be ($rows | Measure-Object Operations -Sum).Sum
        $work.WeightBytes | Should -Be ($rows | Measure-Object WeightBytes -Sum).Sum
        $work.Layers.Operations | Should -Be $rows.Operations
        $work.Samples | Should -Be 40
    }

    It 'counts samples that are clamped, and warns of many' {
        $vectors = "$PSScriptRoot/vectors/keras/float_input_int8"
        $float = Import-QuantModel "$vectors/quantized.h5" | ConvertTo-Akida
        $in = Import-SampleSet "$vectors/samples.npz"
        $work = $float | Measure-AkidaWork $in -Total -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        $work.Clamped | Should -Be 0
        $out = New-SampleSet -InputObject ([float[]] (@(1e6) * $float.InputShape.Size)) -Shape $float.InputShape
        $work = $float | Measure-AkidaWork $out -Total -WarningVariable warnings -WarningAction SilentlyContinue
        $work.Clamped | Should -Be $float.InputShape.Size
        $work.Layers[0].Clamped | Should -Be $work.Clamped
        $warnings | Should -HaveCount 1
        $warnings[0] | Should -BeLike "* values of the samples (100.0 %) are outside of the range that '$($float.Name)' was calibrated for*"
        $null = $float | Invoke-AkidaModel $out -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -HaveCount 1
        $null = $float | Invoke-AkidaModel $out -AsTensor -Potential -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -HaveCount 1
        $measured = $float | Measure-AkidaModel $out -Sparsity -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -HaveCount 1
        $measured.ClampedShare | Should -Be 1
        $measured.Accuracy | Should -BeNullOrEmpty
        $measured | Out-String | Should -Match 'Clamped +: \d+ of \d+ values'
    }

    It 'is shown as tables' {
        $akida | Measure-AkidaWork $test | Out-String -Width 200 | Should -Match 'Name +Type +Events +Density +Multiplications +Operations +Share'
        $akida | Measure-AkidaWork $test -Total | Out-String -Width 200 | Should -Match 'Model +Samples +Events +Multiplications +Operations +Share'
    }

    It 'refuses what does not fit' {
        { $akida | Measure-AkidaWork (New-SampleSet -Shape 8, 8, 1 -Count 1) -ErrorAction Stop } | Should -Throw -ErrorId "SampleShapeMismatch,$type"
        { Measure-AkidaWork (Import-QuantModel "$digits/quantized.h5") $test } | Should -Throw -ErrorId "ModelArgumentInvalid,$type"
    }
}
