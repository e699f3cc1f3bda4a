BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $type = 'AkidaQuant.PowerShell.Commands.NewQuantParameterCommand'
}

Describe 'New-QuantParameter' {
    It 'gives 8 bits per channel unless told otherwise' {
        $scheme = New-QuantParameter
        $scheme | Should -BeOfType 'AkidaQuant.QuantizationParams'
        $scheme.WeightBits, $scheme.ActivationBits, $scheme.InputWeightBits, $scheme.OutputBits, $scheme.BufferBits | Should -Be 8, 8, 8, 8, 32
        $scheme.PerTensorActivations | Should -BeFalse
        $scheme.InputType | Should -Be 'UInt8'
        $scheme.LastOutputBits | Should -BeNullOrEmpty
    }

    It 'takes all eight fields' {
        $scheme = New-QuantParameter -WeightBits 4 -ActivationBits 6 -InputWeightBits 16 -OutputBits 12 -BufferBits 24 -PerTensorActivations -InputType int16 -LastOutputBits 10
        $scheme.WeightBits, $scheme.ActivationBits, $scheme.InputWeightBits, $scheme.OutputBits, $scheme.BufferBits | Should -Be 4, 6, 16, 12, 24
        $scheme.PerTensorActivations | Should -BeTrue
        $scheme.InputType | Should -Be 'Int16'
        $scheme.LastOutputBits | Should -Be 10
    }

    It 'refuses -<Name> <Value>' -TestCases @(
        @{ Name = 'WeightBits'; Value = 1 }
        @{ Name = 'WeightBits'; Value = 17 }
        @{ Name = 'ActivationBits'; Value = 0 }
        @{ Name = 'InputWeightBits'; Value = 17 }
        @{ Name = 'OutputBits'; Value = 1 }
        @{ Name = 'BufferBits'; Value = 15 }
        @{ Name = 'BufferBits'; Value = 33 }
        @{ Name = 'LastOutputBits'; Value = 1 }
    ) {
        $arguments = @{ $Name = $Value }
        { New-QuantParameter @arguments -ErrorAction Stop } | Should -Throw -ErrorId "ParameterOutOfRange,$type"
        { New-QuantParameter @arguments -ErrorAction Stop } | Should -Throw "*$Name*$Value*"
    }

    It 'obeys -ErrorAction' {
        New-QuantParameter -WeightBits 99 -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed.FullyQualifiedErrorId | Should -Be "ParameterOutOfRange,$type"
        New-QuantParameter -WeightBits 99 -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'refuses an unknown input type' {
        { New-QuantParameter -InputType float } | Should -Throw '*UInt8, Int8*'
    }

    It 'completes input types' {
        $line = 'New-QuantParameter -InputType u'
        $found = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)
        $found.CompletionMatches.CompletionText | Should -Be 'UInt16', 'UInt32', 'UInt8'
    }

    It 'is shown as a list' {
        $text = New-QuantParameter -InputType int8 | Out-String
        $text | Should -Match 'WeightBits +: 8'
        $text | Should -Match 'InputType +: int8'
        $text | Should -Match 'LastOutputBits +: none'
    }
}
