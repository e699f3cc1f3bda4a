BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $model = New-QuantModel -Name net -InputShape 8, 8, 3 -InputType uint8 -Seed 1 -Layer @(
        @{ Conv2D = @{ filters = 4; kernel_size = 3; name = 'conv' } }
        @{ ReLU = @{ max_value = 6; name = 'relu' } }
        @{ Flatten = @{ name = 'flat' } }
        @{ Dense = @{ units = 3; name = 'dense' } }
    )
    $samples = $model | New-SampleSet -Count 20 -Seed 1
    $scheme = New-QuantParameter -WeightBits 4 -ActivationBits 1 -PerTensorActivations
    $quantized = $model | Invoke-Quantize -Parameter $scheme -Sample $samples -WarningAction Ignore
    $extractor = ($quantized | Split-QuantModel relu)[0] | ConvertTo-Akida -Version 1.0
    $learner = $extractor | Add-AkidaLearningLayer -NumWeights 20 -NumClasses 2 -NeuronsPerClass 3
    $type = 'AkidaQuant.PowerShell.Commands.GetAkidaLearningCommand'
}

Describe 'Get-AkidaLearning' {
    It 'counts neurons by what they have learned' {
        $rows = @($learner | Get-AkidaLearning)
        $rows | Should -HaveCount 1
        $rows[0].Percent, $rows[0].Neurons | Should -Be 0, 6
        $rows[0].Model, $rows[0].Layer | Should -Be $extractor.Name, 'learning'

        # One step takes a quarter of the plasticity.
        $rows = @($learner | Update-AkidaModel $samples[0, 1] -Label 0, 1 | Get-AkidaLearning)
        $rows.Percent | Should -Be 0, 25
        $rows.Neurons | Should -Be 4, 2
        $rows = @($learner | Update-AkidaModel $samples -Label 1 | Get-AkidaLearning)
        ($rows.Neurons | Measure-Object -Sum).Sum | Should -Be 6
        ($rows.Percent | Measure-Object -Maximum).Maximum | Should -BeLessOrEqual 90
    }

    It 'gives a row a neuron' {
        $rows = @($learner | Update-AkidaModel $samples[0] -Label 1 | Get-AkidaLearning -Neuron)
        $rows.Neuron | Should -Be (0..5)
        $rows.Class | Should -Be 0, 0, 0, 1, 1, 1
        $rows.Connections | Sort-Object -Unique | Should -Be 20
        $changed = @($rows | Where-Object Percent)
        $changed | Should -HaveCount 1
        $changed[0].Class, $changed[0].Percent, $changed[0].Plasticity | Should -Be 1, 25, 0.75
        $changed[0].Threshold | Should -BeGreaterThan 0
        ($extractor | Add-AkidaLearningLayer -NumWeights 20 | Get-AkidaLearning -Neuron).Class | Should -BeNullOrEmpty
    }

    It 'is shown as tables' {
        $learner | Get-AkidaLearning | Out-String | Should -Match '(?s)Model: net.*Layer +Percent Neurons.*learning +0 +6'
        $learner | Get-AkidaLearning -Neuron | Out-String -Width 160 | Should -Match 'Layer +Neuron Class Percent Threshold Plasticity Connections'
    }

    It 'refuses a model that does not learn' {
        { $extractor | Get-AkidaLearning -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLearningLayerMissing,$type"
    }
}
