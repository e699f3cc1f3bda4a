BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $model = Import-QuantModel "$digits/float.h5"
    $quantized = Import-QuantModel "$digits/quantized.h5"
    $test = Import-SampleSet "$digits/inputs.npz"
    $type = 'AkidaQuant.PowerShell.Commands.MeasureQuantModelCommand'
}

Describe 'Measure-QuantModel' {
    It 'measures accuracy and speed' {
        $measured = Measure-QuantModel $quantized $test
        $measured.Accuracy | Should -Be 0.95
        $measured.Correct | Should -Be 950
        $measured.Count | Should -Be 1000
        $measured.Duration.Ticks | Should -BeGreaterThan 0
        $measured.SamplesPerSecond | Should -BeGreaterThan 0
    }

    It 'measures each model of the pipeline' {
        ($model, $quantized | Measure-QuantModel -Sample $test).Accuracy | Should -Be 0.948, 0.95
    }

    It 'measures the same however many threads compute' {
        foreach ($threads in 1, 2, 7) {
            (Measure-QuantModel $quantized $test -ThrottleLimit $threads).Correct | Should -Be 950 -Because $threads
        }
        { Measure-QuantModel $quantized $test -ThrottleLimit 0 } | Should -Throw '*ThrottleLimit*'
    }

    It 'measures more than one guess' {
        $top = (Measure-QuantModel $model $test -TopK 10, 1, 3).TopK
        $top.K | Should -Be 1, 3, 10
        $top[0].Accuracy | Should -Be 0.948
        $top[1].Accuracy | Should -BeGreaterThan 0.948
        $top[2].Accuracy | Should -Be 1
    }

    It 'counts what is taken for what' {
        $confusion = (Measure-QuantModel $model $test).Confusion
        $confusion.Classes | Should -Be 10
        ($confusion.Rows | Measure-Object Count -Sum).Sum | Should -Be 1000
        ($confusion.Rows | Measure-Object Correct -Sum).Sum | Should -Be 948
        $confusion.Rows.ForEach({ ($_.Predicted | Measure-Object -Sum).Sum }) | Should -Be $confusion.Rows.ForEach({ $_.Count })
        ($confusion | Out-String) | Should -Match 'label \| +0 +1'
    }

    It 'refuses samples without labels' {
        { Measure-QuantModel $model (Import-SampleSet "$digits/samples.npz") -ErrorAction Stop } | Should -Throw -ErrorId "LabelsMissing,$type"
    }

    It 'refuses a label that is no class' {
        $wrong = New-SampleSet -InputObject ([byte[]]::new(784)) -Shape 28, 28, 1 -Label 10
        { Measure-QuantModel $model $wrong -ErrorAction Stop } | Should -Throw -ErrorId "LabelOutOfRange,$type"
    }

    It 'refuses a model that is no classifier' {
        $image = Import-QuantModel "$digits/../tutorial_1_params/float.h5"
        $samples = New-SampleSet -InputObject ([byte[]]::new(28 * 28 * 3)) -Shape 28, 28, 3 -Label 1
        { Measure-QuantModel $image $samples -ErrorAction Stop } | Should -Throw -ErrorId "OutputNotClasses,$type"
    }

    It 'refuses more guesses than classes' {
        { Measure-QuantModel $model $test -TopK 11 -ErrorAction Stop } | Should -Throw -ErrorId "ParameterOutOfRange,$type"
    }

    It 'is shown as a list' {
        $text = Measure-QuantModel $quantized $test -TopK 2 | Out-String
        $text | Should -Match 'Accuracy +: 95\.0 %'
        $text | Should -Match 'TopK +: 2: \d\d\.\d+ %'
    }
}
