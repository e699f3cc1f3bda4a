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

    It 'makes floats in a range in one call' {
        $samples = New-SampleSet -Shape 10, 25, 2 -Count 256 -Minimum -1 -Maximum 1 -Seed 1
        $samples.DType | Should -Be 'float32'
        $samples.Count | Should -Be 256
        $values = 0..255 | ForEach-Object { $samples.Values($_) } | Measure-Object -Minimum -Maximum -Average
        $values.Count | Should -Be (256 * 10 * 25 * 2)
        $values.Minimum | Should -BeGreaterOrEqual -1
        $values.Minimum | Should -BeLessThan -0.999
        $values.Maximum | Should -BeLessOrEqual 1
        $values.Maximum | Should -BeGreaterThan 0.999
        [Math]::Abs($values.Average) | Should -BeLessThan 0.01
    }

    It 'makes the floats of numpy with a seed, whatever the range' {
        $unit = 0.6369617, 0.26978672, 0.040973525, 0.016527636, 0.8132702
        $found = (New-SampleSet -Shape 5 -Count 1 -Seed 0 -Maximum 1).Values(0)
        $moved = (New-SampleSet -Shape 5 -Count 1 -Seed 0 -Minimum 10 -Maximum 12).Values(0)
        foreach ($i in 0..4) {
            $found[$i] | Should -Be ([single] $unit[$i])
            [Math]::Abs($moved[$i] - 10 - 2 * $unit[$i]) | Should -BeLessThan 1e-5
        }
    }

    It 'makes samples in a range for a model of the type of its input' {
        $typed = Import-QuantModel "$PSScriptRoot/../examples/data/digits.h5"
        $bytes = $typed | New-SampleSet -Count 4 -Minimum 3 -Maximum 7 -Seed 0
        $bytes.DType | Should -Be 'uint8'
        $bytes.Values(0) + $bytes.Values(1) | Sort-Object -Unique | Should -Be 3, 4, 5, 6, 7
        $open = Import-QuantModel "$PSScriptRoot/vectors/keras/tutorial_4_signed_time_series/float.h5"
        $floats = $open | New-SampleSet -Count 4 -Minimum -0.5 -Maximum 0.5 -Seed 0
        $floats.DType | Should -Be 'float32'
        { Invoke-QuantModel $open $floats -ErrorAction Stop } | Should -Not -Throw
        ($open | New-SampleSet -Count 4 -Minimum -3 -Maximum 3 -InputType int8).DType | Should -Be 'int8'
    }

    It 'takes the bounds of the integer type where one is missing' {
        $values = (New-SampleSet -Shape 1000 -Count 1 -InputType int8 -Minimum 100 -Seed 0).Values(0) | Measure-Object -Minimum -Maximum
        $values.Minimum, $values.Maximum | Should -Be 100, 127
        $values = (New-SampleSet -Shape 1000 -Count 1 -InputType int8 -Maximum -100 -Seed 0).Values(0) | Measure-Object -Minimum -Maximum
        $values.Minimum, $values.Maximum | Should -Be -128, -100
        (New-SampleSet -Shape 3 -Count 1 -InputType int32 -Minimum 5 -Maximum 5).Values(0) | Should -Be 5, 5, 5
    }

    It 'refuses bounds from <Minimum> to <Maximum> of <Kind>' -TestCases @(
        @{ Minimum = 1; Maximum = 1; Kind = 'floats' }
        @{ Minimum = 2; Maximum = -2; Kind = 'floats' }
        @{ Minimum = 2; Kind = 'floats' }
        @{ Maximum = -1; Kind = 'floats' }
        @{ Minimum = [double]::NaN; Maximum = 1; Kind = 'floats' }
        @{ Minimum = [double]::NegativeInfinity; Maximum = 1; Kind = 'floats' }
        @{ Minimum = 0; Maximum = 1e39; Kind = 'floats' }
        @{ Minimum = 0.5; Maximum = 7; Kind = 'uint8' }
        @{ Minimum = 5; Maximum = 4; Kind = 'uint8' }
        @{ Minimum = -1; Maximum = 4; Kind = 'uint8' }
        @{ Minimum = 0; Maximum = 256; Kind = 'uint8' }
        @{ Minimum = 0; Maximum = 1e300; Kind = 'int32' }
        @{ Minimum = [double]::NaN; Kind = 'int8' }
    ) {
        $bounds = @{}
        foreach ($name in 'Minimum', 'Maximum') {
            $value = Get-Variable $name -ValueOnly -ErrorAction Ignore
            if ($null -ne $value) {
                $bounds[$name] = $value
            }
        }
        if ($Kind -ne 'floats') {
            $bounds.InputType = $Kind
        }
        { New-SampleSet -Shape 4 -Count 2 @bounds -ErrorAction Stop } | Should -Throw -ErrorId "SampleRangeInvalid,$type"
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
