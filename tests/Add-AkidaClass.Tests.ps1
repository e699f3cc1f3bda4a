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
    $learner = $extractor | Add-AkidaLearningLayer -NumWeights 20 -NumClasses 2 -NeuronsPerClass 3 -Seed 4
    $labels = @(0, 1) * 10
    $learned = $learner | Update-AkidaModel $samples -Label $labels
    $type = 'AkidaQuant.PowerShell.Commands.AddAkidaClassCommand'

    function Get-Potential($Model) {
        $Model | Invoke-AkidaModel -Sample $samples | ForEach-Object { $_.Output[0..5] -join ' ' }
    }
}

Describe 'Add-AkidaClass' {
    It 'adds neurons and keeps what the others have learned, also while the new ones learn' {
        $wider = $learned | Add-AkidaClass 2 -Seed 4
        $wider.OutputShape.ToString() | Should -Be '(1, 1, 12)'
        $learned.OutputShape.ToString() | Should -Be '(1, 1, 6)'
        $wider.Layers[-1].Learning.NumClasses | Should -Be 4
        Get-Potential $wider | Should -Be (Get-Potential $learned)
        $more = $wider | Update-AkidaModel $samples[0..5] -Label 2, 3, 2, 3, 2, 3
        Get-Potential $more | Should -Be (Get-Potential $learned)
        @($more | Get-AkidaLearning -Neuron | Where-Object Threshold).Class | Sort-Object -Unique | Should -Be 0, 1, 2, 3
    }

    It 'makes of the same seed what the classes would have been from the start' {
        $whole = $extractor | Add-AkidaLearningLayer -NumWeights 20 -NumClasses 3 -NeuronsPerClass 3 -Seed 4 | Update-AkidaModel $samples -Label $labels
        $wider = Add-AkidaClass $learned 1 -Seed 4
        $wider['learning'].Variables['weights'].Values | Should -Be $whole['learning'].Variables['weights'].Values
        (Add-AkidaClass $learned 1 -Seed 5)['learning'].Variables['weights'].Values | Should -Not -Be $whole['learning'].Variables['weights'].Values
    }

    It 'refuses layers without classes and models without a layer that learns' {
        { $extractor | Add-AkidaClass 1 -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLearningLayerMissing,$type"
        $unlabelled = $extractor | Add-AkidaLearningLayer -NumWeights 20 -NeuronsPerClass 3
        { $unlabelled | Add-AkidaClass 1 -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLearningWithoutClasses,$type"
        { $learned | Add-AkidaClass ([int]::MaxValue) -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLearningSize,$type"
        { $learned | Add-AkidaClass 0 } | Should -Throw '*Count*'
    }
}
