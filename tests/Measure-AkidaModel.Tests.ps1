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

Describe 'Classes of Measure-AkidaModel and Invoke-AkidaModel' {
    BeforeAll {
        $model = New-AkidaLayer Dense1D 4 -OutputBits 16 -Name dense -Variable @{ weights = (1, 0, 0, 2), (0, 1, 1, 0) } | New-AkidaModel
        $few = New-SampleSet -InputObject ([sbyte[]] (3, 5, 9, 1, 1, 1)) -Shape 1, 1, 2 -Label 1, 1, 0
    }

    It 'shares neurons out to classes' {
        # The outputs are 3 5 5 6, 9 1 1 18 and 1 1 1 2.
        ($model | Invoke-AkidaModel $few).Class | Should -Be 3, 3, 3
        ($model | Invoke-AkidaModel $few -ClassCount 2).Class | Should -Be 1, 1, 1
        ($model | Invoke-AkidaModel $few -ClassCount 2 -Potential).Class | Should -Be 1, 1, 1
        $measured = $model | Measure-AkidaModel $few -ClassCount 2 -TopK 2
        $measured.Correct, $measured.Rejected, $measured.Confusion.Classes, $measured.TopK[0].Correct | Should -Be 2, 0, 2, 3
    }

    It 'ranks the best classes' {
        $ranking = ($model | Invoke-AkidaModel $few -TopK 2)[0].Ranking
        "$($ranking.Class) / $($ranking.Score)" | Should -Be '3 1 / 6 5'
        ($model | Invoke-AkidaModel $few -TopK 2 -ClassCount 2 -Potential)[1].Ranking.Score | Should -Be 18, 9
        ($model | Invoke-AkidaModel $few)[0].Ranking | Should -BeNullOrEmpty
    }

    It 'gives no class below a threshold' {
        $predictions = $model | Invoke-AkidaModel $few -Threshold 6
        $predictions.Class | Should -Be 3, 3, $null
        "$($predictions[2])" | Should -Be 'sample 2: no class (2)'
        $measured = $model | Measure-AkidaModel $few -ClassCount 2 -Threshold 6
        $measured.Correct, $measured.Rejected, $measured.Count | Should -Be 2, 1, 3
    }

    It 'refuses numbers that do not fit' {
        { $model | Invoke-AkidaModel $few -ClassCount 3 -ErrorAction Stop } | Should -Throw '*The 4 neurons of*3 classes*' -ErrorId 'ClassCountInvalid,*'
        { $model | Measure-AkidaModel $few -ClassCount 3 -ErrorAction Stop } | Should -Throw -ErrorId 'ClassCountInvalid,*'
        { $model | Invoke-AkidaModel $few -TopK 5 -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterOutOfRange,*'
        { $model | Invoke-AkidaModel $few -Threshold ([double]::NaN) -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterOutOfRange,*'
        { $model | Invoke-AkidaModel $few -TopK 3 -ClassCount 2 -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterOutOfRange,*'
    }
}
