BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $data = "$PSScriptRoot/../examples/data"
    $samples = Import-SampleSet "$data/digits_calibration.npz" -First 200
    $digits = Import-SampleSet "$data/digits_test.npz" -First 300
    $bounded = Import-QuantModel "$data/digits.h5" | Repair-QuantModel -Version 1.0 -Sample $samples
    $config = $bounded | Get-QuantConfig
    $config['block_4_relu'].output_quantizer.bitwidth = 1
    $quantized = $bounded | Invoke-Quantize -Config $config -Sample $samples -WarningAction SilentlyContinue
    $extractor = ($quantized | Split-QuantModel block_4_relu)[0] | ConvertTo-Akida -Version 1.0
    $learner = $extractor | Add-AkidaLearningLayer -NumClasses 10 -NeuronsPerClass 4 -Sample $digits -LearningCompetition 0.1
    $type = 'AkidaQuant.PowerShell.Commands.UpdateAkidaModelCommand'

    function Get-State($Model) {
        foreach ($name in 'weights', 'threshold_learning', 'plasticity') {
            $Model['learning'].Variables[$name].Values -join ','
        }
    }
}

Describe 'Update-AkidaModel' {
    It 'learns digits behind a feature extractor that the cmdlets make' {
        $learned = $learner | Update-AkidaModel -Sample $digits[0..199]
        $read = $learned | Invoke-AkidaModel -Sample $digits[200..299]
        @($read | Where-Object { $_.Class -eq $_.Label }).Count | Should -BeGreaterThan 85
        ($learned | Measure-AkidaModel -Sample $digits[200..299]).Accuracy | Should -BeGreaterThan 0.85
        @($learner | Invoke-AkidaModel -Sample $digits[200..299] | Where-Object { $_.Class -eq $_.Label }).Count |
            Should -BeLessThan 30
    }

    It 'leaves the model as it was, and goes on from what it gave' {
        $before = Get-State $learner
        $once = Update-AkidaModel $learner $digits[0..19]
        Get-State $learner | Should -BeExactly $before
        Get-State $once | Should -Not -BeExactly $before
        Get-State ($learner | Update-AkidaModel $digits[0..9] | Update-AkidaModel $digits[10..19]) | Should -BeExactly (Get-State $once)
        Get-State ($learner | Update-AkidaModel $digits[0..19] -BatchSize 3 -ThrottleLimit 1 -Seed 5) | Should -BeExactly (Get-State $once)
    }

    It 'goes on in another process' {
        $once = Update-AkidaModel $learner $digits[0..19]
        $xml = [System.Management.Automation.PSSerializer]::Serialize((Update-AkidaModel $learner $digits[0..9]))
        $arrived = [System.Management.Automation.PSSerializer]::Deserialize($xml) -as [AkidaQuant.AkidaModel]
        Get-State ($arrived | Update-AkidaModel $digits[10..19]) | Should -BeExactly (Get-State $once)
    }

    It 'goes on from a file' {
        $once = Update-AkidaModel $learner $digits[0..19]
        Update-AkidaModel $learner $digits[0..9] | Export-AkidaModel "$TestDrive/half.akq"
        $half = Import-AkidaModel "$TestDrive/half.akq"
        $half['learning'].Learning | Should -Be $learner['learning'].Learning
        Get-State ($half | Update-AkidaModel $digits[10..19]) | Should -BeExactly (Get-State $once)
    }

    It 'takes one label for all samples, or one for each' {
        $learned = $learner | Update-AkidaModel $digits[0..2] -Label 7
        @($learned | Get-AkidaLearning -Neuron | Where-Object Threshold).Class | Sort-Object -Unique | Should -Be 7
        $learned = $learner | Update-AkidaModel $digits[0..2] -Label 7, 8, 9
        @($learned | Get-AkidaLearning -Neuron | Where-Object Threshold).Class | Should -Be 7, 8, 9
        { $learner | Update-AkidaModel $digits[0..2] -Label 7, 8 -ErrorAction Stop } | Should -Throw -ErrorId "LabelCountMismatch,$type"
    }

    It 'says how much was learned' {
        $messages = $learner | Update-AkidaModel $digits[0..9] -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$messages" | Should -BeLike "Layer 'learning' learned from 10 of 10 samples; * of its 40 neurons have learned so far."
    }

    It 'refuses what cannot learn, each with an error of its own' {
        { $extractor | Update-AkidaModel $digits -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLearningLayerMissing,$type"
        { $learner | Update-AkidaModel $samples -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLearningLabelsMissing,$type"
        { $learner | Update-AkidaModel $digits[0] -Label 10 -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLearningLabel,$type"
        { Update-AkidaModel $quantized $digits -ErrorAction Stop } | Should -Throw -ErrorId "ModelArgumentInvalid,$type"
        $small = New-SampleSet -InputObject ([byte[]] (1, 2, 3, 4)) -Shape 1, 1, 4 -Label 1
        { $learner | Update-AkidaModel $small -ErrorAction Stop } | Should -Throw -ErrorId "SampleShapeMismatch,$type"
    }
}
