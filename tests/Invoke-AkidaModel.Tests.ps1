BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $quantized = Import-QuantModel "$digits/quantized.h5"
    $akida = $quantized | ConvertTo-Akida
    $test = Import-SampleSet "$digits/inputs.npz" -First 100
    $type = 'AkidaQuant.PowerShell.Commands.InvokeAkidaModelCommand'
}

Describe 'Invoke-AkidaModel' {
    It 'gives what the quantized model gives' {
        $expected = $quantized | Invoke-QuantModel -Sample $test
        $predictions = $akida | Invoke-AkidaModel -Sample $test
        $predictions[0] | Should -BeOfType 'AkidaQuant.Prediction'
        $predictions.Class | Should -Be $expected.Class
        $predictions.Score | Should -Be $expected.Score
        $predictions.Label | Should -Be $test.Labels
    }

    It 'gives the integers before the Dequantizer' {
        $potentials = $akida | Invoke-AkidaModel -Sample $test -Potential
        $potentials[0] | Should -BeOfType 'AkidaQuant.PotentialPrediction'
        $potentials[0].Output[0] | Should -BeOfType 'int'
        $potentials[0].Score | Should -Be $potentials[0].Output[6]
        $potentials.Index | Should -Be (0..99)
    }

    It 'gives tensors' {
        $floats = $akida | Invoke-AkidaModel -Sample $test -AsTensor
        $floats.GetType().FullName | Should -Match '^System.Numerics.Tensors.Tensor`1\[\[System.Single'
        $floats.FlattenedLength | Should -Be 1000
        $integers = $akida | Invoke-AkidaModel -Sample $test -AsTensor -Potential
        $integers.GetType().FullName | Should -Match '^System.Numerics.Tensors.Tensor`1\[\[System.Int32'
        @($integers)[0..9] | Should -Be ($akida | Invoke-AkidaModel -Sample $test -Potential | Select-Object -First 1).Output
    }

    It 'gives the same whatever the batch' {
        ($akida | Invoke-AkidaModel -Sample $test -BatchSize 7).Score | Should -Be ($akida | Invoke-AkidaModel -Sample $test).Score
    }

    It 'gives the same however many threads compute' {
        $tensor = $akida | Invoke-AkidaModel -Sample $test -AsTensor
        $expected = @($tensor) -join ' '
        $potentials = ($akida | Invoke-AkidaModel -Sample $test -Potential).Output -join ' '
        foreach ($threads in 1, 2, 7) {
            ($akida | Invoke-AkidaModel -Sample $test -ThrottleLimit $threads).Output -join ' ' | Should -BeExactly $expected -Because $threads
            foreach ($size in 1, 16, 100) {
                $tensor = $akida | Invoke-AkidaModel -Sample $test -AsTensor -BatchSize $size -ThrottleLimit $threads
                @($tensor) -join ' ' | Should -BeExactly $expected -Because "$threads threads, batches of $size"
                $integers = $akida | Invoke-AkidaModel -Sample $test -AsTensor -Potential -BatchSize $size -ThrottleLimit $threads
                @($integers) -join ' ' | Should -BeExactly $potentials -Because "$threads threads, batches of $size"
            }
            ($akida | Invoke-AkidaModel -Sample $test -Potential -ThrottleLimit $threads).Output -join ' ' |
                Should -BeExactly $potentials -Because $threads
        }
    }

    It 'refuses to compute without a thread' {
        { $akida | Invoke-AkidaModel -Sample $test -ThrottleLimit 0 } | Should -Throw '*ThrottleLimit*'
    }

    It 'refuses samples that do not fit' {
        { $akida | Invoke-AkidaModel -Sample (New-SampleSet -Shape 8, 8, 1 -Count 1) -ErrorAction Stop } | Should -Throw -ErrorId "SampleShapeMismatch,$type"
        { $akida | Invoke-AkidaModel -Sample (New-SampleSet -Shape 28, 28, 1 -InputType int8 -Count 1) -ErrorAction Stop } | Should -Throw -ErrorId "SampleTypeMismatch,$type"
    }

    It 'is shown as a table' {
        $text = $akida | Invoke-AkidaModel -Sample $test -Potential | Select-Object -First 1 | Out-String -Width 120
        $text | Should -Match 'Index +Label +Class +Score +Outputs +Name'
        $text | Should -Match '0 +6 +6 +\d+ +10'
    }
}
