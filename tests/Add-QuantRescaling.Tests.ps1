BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $keras = "$PSScriptRoot/vectors/keras"
    $model = Import-QuantModel "$keras/tutorial_4_signed_time_series/float.h5"
    $type = 'AkidaQuant.PowerShell.Commands.AddQuantRescalingCommand'
}

Describe 'Add-QuantRescaling' {
    It 'puts a Rescaling behind the input' {
        $scaled = $model | Add-QuantRescaling -Scale 0.5 -Offset -1
        $scaled.Nodes.Count | Should -Be ($model.Nodes.Count + 1)
        $scaled.Nodes[1].Layer.ClassName | Should -Be 'Rescaling'
        $model.Nodes[1].Layer.ClassName | Should -Not -Be 'Rescaling'
    }

    It 'computes what it says' {
        $scaled = Add-QuantRescaling $model 2 0.25
        $length = $model.InputShape.Size
        $zeros = New-SampleSet -InputObject ([float[]]::new($length)) -Shape $model.InputShape.ToArray()
        $quarter = [float[]]::new($length)
        [array]::Fill($quarter, [float] 0.25)
        $expected = Invoke-QuantModel $model (New-SampleSet -InputObject $quarter -Shape $model.InputShape.ToArray())
        (Invoke-QuantModel $scaled $zeros).Output | Should -Be $expected.Output
    }

    It 'takes a number for each channel' {
        { $model | Add-QuantRescaling -Scale 1, 2 -Offset 0, 1 -ErrorAction Stop } | Should -Not -Throw
        { $model | Add-QuantRescaling -Scale 1, 2, 3 -ErrorAction Stop } | Should -Throw -ErrorId "RescalingInvalid,$type"
        { $model | Add-QuantRescaling -Scale ([double]::NaN) -ErrorAction Stop } | Should -Throw -ErrorId "RescalingInvalid,$type"
    }

    It 'refuses a quantized model' {
        $quantized = Import-QuantModel "$keras/tutorial_4_signed_time_series/quantized.h5"
        { $quantized | Add-QuantRescaling -Scale 2 -ErrorAction Stop } | Should -Throw -ErrorId "ModelQuantized,$type"
    }
}
