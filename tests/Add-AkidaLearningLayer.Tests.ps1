BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $model = New-QuantModel -Name net -InputShape 8, 8, 3 -InputType uint8 -Seed 1 -Layer @(
        @{ Conv2D = @{ filters = 4; kernel_size = 3; name = 'conv' } }
        @{ ReLU = @{ max_value = 6; name = 'relu' } }
        @{ Flatten = @{ name = 'flat' } }
        @{ Dense = @{ units = 3; name = 'dense' } }
    )
    $samples = $model | New-SampleSet -Count 20 -Seed 1

    function Get-Extractor([int] $Bits) {
        $scheme = New-QuantParameter -WeightBits 4 -ActivationBits $Bits -PerTensorActivations
        $quantized = $model | Invoke-Quantize -Parameter $scheme -Sample $samples -WarningAction Ignore
        ($quantized | Split-QuantModel relu)[0] | ConvertTo-Akida -Version 1.0 -WarningAction Ignore
    }

    $extractor = Get-Extractor 1
    $type = 'AkidaQuant.PowerShell.Commands.AddAkidaLearningLayerCommand'
}

Describe 'Add-AkidaLearningLayer' {
    It 'puts a layer with random binary weights behind a model' {
        $learner = $extractor | Add-AkidaLearningLayer -NumWeights 20 -NumClasses 3 -NeuronsPerClass 2 -Name fc -Seed 4
        $learner.Layers.Name | Should -Be 'conv', 'fc'
        $extractor.Layers | Should -HaveCount 1
        $layer = $learner['fc']
        $layer.Units | Should -Be 6
        $layer.WeightsBits | Should -Be 1
        $layer.Activation | Should -BeFalse
        $weights = $layer.Variables['weights']
        $weights.Shape.ToString() | Should -Be '(1, 1, 144, 6)'
        $weights.Values | Sort-Object -Unique | Should -Be 0, 1
        ($weights.Values | Measure-Object -Sum).Sum | Should -Be 120
        $layer.Variables['threshold_learning'].Values | Should -Be (0, 0, 0, 0, 0, 0)
        $other = ($extractor | Add-AkidaLearningLayer -NumWeights 20 -NumClasses 3 -NeuronsPerClass 2 -Seed 5)['learning']
        $other.Variables['weights'].Values | Should -Not -Be $weights.Values
    }

    It 'has the documented defaults and takes others' {
        $learning = ($extractor | Add-AkidaLearningLayer -NumWeights 20).Layers[-1].Learning
        "$learning" | Should -BeExactly '20 weights, 1 classes, plasticity 1 to 0.1 by 0.25, competition 0'
        $given = @{ InitialPlasticity = 0.5; MinPlasticity = 0.2; PlasticityDecay = 0.125; LearningCompetition = 0.1 }
        $learning = (Add-AkidaLearningLayer $extractor -NumWeights 20 @given).Layers[-1].Learning
        "$learning" | Should -BeExactly '20 weights, 1 classes, plasticity 0.5 to 0.2 by 0.125, competition 0.1'
        $learning.MinPlasticity | Should -Be ([float] 0.2)
    }

    It 'finds the number of connections from samples' {
        $active = $extractor | Invoke-AkidaModel -Sample $samples | ForEach-Object { ($_.Output | Measure-Object -Sum).Sum } | Sort-Object
        $median = ($active[9] + $active[10]) / 2
        $learning = ($extractor | Add-AkidaLearningLayer -Sample $samples).Layers[-1].Learning
        $learning.NumWeights | Should -Be ([math]::Min([math]::Floor(1.2 * $median), 72))
        $median | Should -BeGreaterThan 0
    }

    It 'refuses what no layer can learn from' {
        { $extractor | Add-AkidaLearningLayer } | Should -Throw -ErrorId "AkidaLearningNumWeightsMissing,$type"
        { Get-Extractor 4 | Add-AkidaLearningLayer -NumWeights 9 -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLearningInput,$type"
        { $extractor | Add-AkidaLearningLayer -NumWeights 145 -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLearningNumWeights,$type"
        { $extractor | Add-AkidaLearningLayer -NumWeights 9 -Name conv -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLayerNameTwice,$type"
        $second = $model | Invoke-Quantize -Sample $samples -WarningAction Ignore | ConvertTo-Akida
        { $second | Add-AkidaLearningLayer -NumWeights 9 -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLearningVersion,$type"
        { $extractor | Add-AkidaLearningLayer -NumWeights 9 -MinPlasticity 1.5 } | Should -Throw '*MinPlasticity*'
        { $extractor | Add-AkidaLearningLayer -NumWeights 0 } | Should -Throw '*NumWeights*'
        { $extractor | Add-AkidaLearningLayer -NumWeights 9 -NumClasses 2000000000 -NeuronsPerClass 2 -ErrorAction Stop } |
            Should -Throw -ErrorId "AkidaLearningSize,$type"
    }
}
