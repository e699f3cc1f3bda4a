BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $model = Import-QuantModel "$digits/quantized.h5"
    $test = Import-SampleSet "$digits/inputs.npz" -First 100
    $type = 'AkidaQuant.PowerShell.Commands.InvokeQuantModelCommand'
}

Describe 'Invoke-QuantModel' {
    It 'gives one prediction a sample' {
        $predictions = $model | Invoke-QuantModel -Sample $test
        $predictions.Count | Should -Be 100
        $predictions[0] | Should -BeOfType 'AkidaQuant.Prediction'
        $predictions.Index | Should -Be (0..99)
        $predictions[0].Label | Should -Be 6
        $predictions[0].Class | Should -Be 6
        $predictions[0].Output.Count | Should -Be 10
        $predictions[0].Score | Should -Be $predictions[0].Output[6]
    }

    It 'gives the same whatever the batch' {
        $expected = ($model | Invoke-QuantModel -Sample $test).Score
        ($model | Invoke-QuantModel -Sample $test -BatchSize 7).Score | Should -Be $expected
        ($model | Invoke-QuantModel -Sample $test -BatchSize 1).Score | Should -Be $expected
    }

    It 'gives the same however many threads compute' {
        $tensor = $model | Invoke-QuantModel -Sample $test -AsTensor
        $expected = @($tensor) -join ' '
        foreach ($threads in 1, 2, 7) {
            ($model | Invoke-QuantModel -Sample $test -ThrottleLimit $threads).Output -join ' ' | Should -BeExactly $expected -Because $threads
            foreach ($size in 1, 16, 100) {
                $tensor = $model | Invoke-QuantModel -Sample $test -AsTensor -BatchSize $size -ThrottleLimit $threads
                @($tensor) -join ' ' | Should -BeExactly $expected -Because "$threads threads, batches of $size"
            }
        }
    }

    It 'refuses to compute without a thread' {
        { $model | Invoke-QuantModel -Sample $test -ThrottleLimit 0 } | Should -Throw '*ThrottleLimit*'
    }

    It 'gives a tensor' {
        $tensor = $model | Invoke-QuantModel -Sample $test -AsTensor
        $tensor.GetType().FullName | Should -Match '^System.Numerics.Tensors.Tensor`1\[\[System.Single'
        $tensor.Rank | Should -Be 2
        $tensor.FlattenedLength | Should -Be 1000
        @($tensor)[0..9] | Should -Be ($model | Invoke-QuantModel -Sample $test | Select-Object -First 1).Output
    }

    It 'can be left early' {
        @($model | Invoke-QuantModel -Sample $test -BatchSize 1 | Select-Object -First 3) | Should -HaveCount 3
    }

    It 'gives no class where the output is no row' {
        $image = Import-QuantModel "$digits/../tutorial_1_params/float.h5"
        $prediction = $image | Invoke-QuantModel -Sample ($image | New-SampleSet -Count 1)
        $prediction.Class | Should -BeNullOrEmpty
        $prediction.Output.Count | Should -Be 5760
    }

    It 'refuses samples that do not fit' {
        { $model | Invoke-QuantModel -Sample (New-SampleSet -Shape 8, 8, 1 -Count 1) -ErrorAction Stop } | Should -Throw -ErrorId "SampleShapeMismatch,$type"
        $fractions = New-SampleSet -InputObject ([float[]]::new(784) + [float[]]::new(784) + [float[]] (@(0.5) * 784)) -Shape 28, 28, 1
        { $model | Invoke-QuantModel -Sample $fractions -ErrorAction Stop } | Should -Throw -ErrorId "SampleValueInvalid,$type"
        $signed = New-SampleSet -Shape 28, 28, 1 -InputType int8 -Count 1
        { $model | Invoke-QuantModel -Sample $signed -ErrorAction Stop } | Should -Throw -ErrorId "SampleTypeMismatch,$type"
    }

    It 'is shown as a table' {
        $text = $model | Invoke-QuantModel -Sample $test | Select-Object -First 1 | Out-String -Width 120
        $text | Should -Match 'Index +Label +Class +Score +Outputs +Name'
        $text | Should -Match '0 +6 +6 +\d+\.\d+ +10'
    }

    It 'takes the samples of a model with state as time steps of one stream, or of as many as the batch size says' {
        $temporal = "$digits/../temporal_buffers"
        $streaming = Import-QuantModel "$temporal/quantized.h5"
        $frames = Import-SampleSet "$temporal/samples.npz" -First 8
        $alone = $streaming | Invoke-QuantModel -Sample (Import-SampleSet "$temporal/samples.npz" -First 1)
        $one = $streaming | Invoke-QuantModel -Sample $frames
        $two = $streaming | Invoke-QuantModel -Sample $frames -BatchSize 2
        $one[0].Output | Should -Be $alone.Output
        $two[0].Output | Should -Be $alone.Output
        ($one[1].Output -join ' ') | Should -Not -Be ($two[1].Output -join ' ')
        ($streaming | Invoke-QuantModel -Sample $frames).Score | Should -Be $one.Score
        ($streaming | ConvertTo-Akida | Invoke-AkidaModel -Sample $frames -BatchSize 2).Score | Should -Be $two.Score
    }

    It 'refuses streams of different lengths' {
        $temporal = "$digits/../temporal_buffers"
        { Import-QuantModel "$temporal/quantized.h5" | Invoke-QuantModel -Sample (Import-SampleSet "$temporal/samples.npz" -First 7) -BatchSize 2 -ErrorAction Stop } |
            Should -Throw -ErrorId "StreamLengthsDiffer,$type"
    }
}
