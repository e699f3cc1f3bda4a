BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $akida = Import-QuantModel "$digits/quantized.h5" | ConvertTo-Akida
    $test = Import-SampleSet "$digits/inputs.npz"
    $type = 'AkidaQuant.PowerShell.Commands.MeasureAkidaModelCommand'
}

Describe 'Measure-AkidaModel' {
    It 'measures accuracy and speed' {
        $measured = $akida | Measure-AkidaModel -Sample $test -TopK 3
        $measured.Accuracy | Should -Be 0.95
        $measured.Count | Should -Be 1000
        $measured.TopK[0].Accuracy | Should -BeGreaterThan 0.95
        $measured.SamplesPerSecond | Should -BeGreaterThan 0
        $measured.Sparsity.Count | Should -Be 0
    }

    It 'counts zeros layer by layer' {
        $sparsity = (Measure-AkidaModel $akida $test -Sparsity).Sparsity
        $sparsity.Name | Should -Not -Contain 'dequantizer'
        $sparsity.Count | Should -Be 9
        foreach ($layer in $sparsity) {
            $layer.Sparsity | Should -BeGreaterOrEqual 0
            $layer.Sparsity | Should -BeLessThan 1
        }
        $sparsity[0].Values | Should -Be (1000 * 14 * 14 * 16)
    }

    It 'measures the same however many threads compute' {
        $expected = (Measure-AkidaModel $akida $test -Sparsity).Sparsity.Sparsity
        foreach ($threads in 1, 2, 7) {
            $measured = Measure-AkidaModel $akida $test -Sparsity -ThrottleLimit $threads
            $measured.Correct | Should -Be 950 -Because $threads
            $measured.Sparsity.Sparsity | Should -Be $expected -Because $threads
        }
        { Measure-AkidaModel $akida $test -ThrottleLimit 0 } | Should -Throw '*ThrottleLimit*'
    }

    It 'refuses samples without labels' {
        { $akida | Measure-AkidaModel -Sample (Import-SampleSet "$digits/samples.npz") -ErrorAction Stop } | Should -Throw -ErrorId "LabelsMissing,$type"
    }

    It 'refuses more guesses than classes' {
        { $akida | Measure-AkidaModel -Sample $test -TopK 11 -ErrorAction Stop } | Should -Throw -ErrorId "ParameterOutOfRange,$type"
    }

    It 'is shown as a list' {
        $text = $akida | Measure-AkidaModel -Sample $test -Sparsity | Out-String -Width 200
        $text | Should -Match 'Accuracy +: 95\.0 %'
        $text | Should -Match 'Sparsity +: stem_conv: 0\.\d{3}'
    }
}
