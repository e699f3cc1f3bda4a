BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $model = Import-QuantModel "$PSScriptRoot/vectors/keras/dense_only/float.h5"
    $type = 'AkidaQuant.PowerShell.Commands.NewSampleSetCommand'
}

Describe 'New-SampleSet' {
    It 'makes random samples for a model' {
        $samples = $model | New-SampleSet -Count 3
        $samples.Count | Should -Be 3
        $samples.SampleShape.ToString() | Should -Be $model.InputShape.ToString()
        { Invoke-QuantModel $model $samples -ErrorAction Stop } | Should -Not -Throw
    }

    It 'makes random samples of a shape' {
        $samples = New-SampleSet -Shape 10, 25, 2 -InputType int8 -Count 4
        $samples.SampleShape.ToString() | Should -Be '(10, 25, 2)'
        $samples.DType | Should -Be 'int8'
    }

    It 'makes 1,024 bytes-wide samples unless told otherwise' {
        $samples = New-SampleSet -Shape 2, 2, 1
        $samples.Count | Should -Be 1024
        $samples.DType | Should -Be 'uint8'
    }

    It 'makes the same samples as numpy with a seed' {
        $samples = New-SampleSet -Shape 5 -Count 2 -Seed 0
        $samples.Values(0) + $samples.Values(1) | Should -Be 217, 163, 130, 69, 78, 10, 19, 4, 44, 208
        (New-SampleSet -Shape 5 -Count 2 -Seed 0 -InputType int8).Values(0) | Should -Be 89, 35, 2, -59, -50
        $samples.Source | Should -Match 'seed 0'
    }

    It 'makes samples from <Case>' -TestCases @(
        @{ Case = 'an array for each sample'; Values = @(@(1, 2, 3), @(4, 5, 6)); Shape = '(3,)'; DType = 'int32'; Count = 2; First = 1 }
        @{ Case = 'numbers of two types'; Values = @(@(1, 2.5), @(3, 4)); Shape = '(2,)'; DType = 'float64'; Count = 2; First = 1 }
        @{ Case = 'bytes'; Values = [byte[]] (1, 2, 3); Shape = '(1,)'; DType = 'uint8'; Count = 3; First = 1 }
        @{ Case = 'arrays in arrays'; Values = @(@(@(1, 2), @(3, 4)), @(@(5, 6), @(7, 8))); Shape = '(2, 2)'; DType = 'int32'; Count = 2; First = 1 }
        @{ Case = 'a rectangular array'; Values = [single[, , ]]::new(4, 3, 2); Shape = '(3, 2)'; DType = 'float32'; Count = 4; First = 0 }
    ) {
        $samples = New-SampleSet -InputObject $Values
        $samples.Count | Should -Be $Count
        $samples.SampleShape.ToString() | Should -Be $Shape
        $samples.DType | Should -Be $DType
        @($samples.Values(0))[0] | Should -Be $First
    }

    It 'takes the shape, labels and names with the numbers' {
        $samples = New-SampleSet -InputObject (1..12) -Shape 2, 3 -Label 0, 1 -Name a, b
        $samples.Count | Should -Be 2
        $samples.SampleShape.ToString() | Should -Be '(2, 3)'
        $samples.Labels | Should -Be 0, 1
        $samples.Names | Should -Be 'a', 'b'
    }

    It 'refuses <Case>' -TestCases @(
        @{ Case = 'rows of different lengths'; Arguments = @{ InputObject = @(@(1, 2), @(3)) }; Id = 'SampleArrayInvalid' }
        @{ Case = 'texts'; Arguments = @{ InputObject = @('1', '2') }; Id = 'SampleArrayInvalid' }
        @{ Case = 'a part of a sample'; Arguments = @{ InputObject = 1..7; Shape = 2, 3 }; Id = 'SampleShapeInvalid' }
        @{ Case = 'too few labels'; Arguments = @{ InputObject = @(@(1, 2), @(3, 4)); Label = 1 }; Id = 'LabelCountMismatch' }
    ) {
        { New-SampleSet @Arguments -ErrorAction Stop } | Should -Throw -ErrorId "$Id,$type"
    }

    It 'refuses an array that holds itself' {
        $endless = [object[]]::new(1)
        $endless[0] = $endless
        { New-SampleSet -InputObject $endless -ErrorAction Stop } | Should -Throw -ErrorId "SampleArrayInvalid,$type"
    }
}
