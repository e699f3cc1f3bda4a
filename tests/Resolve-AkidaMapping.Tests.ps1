BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    function Get-Akida([int] $Kernel) {
        New-QuantModel -Name net -InputShape 8, 8, 3 -InputType uint8 -Seed 1 -Layer @(
            @{ Conv2D = @{ name = 'c1'; filters = 4; kernel_size = 3; padding = 'same' } }
            @{ ReLU = @{ name = 'r1' } }
            @{ Conv2D = @{ name = 'c2'; filters = 4; kernel_size = $Kernel; padding = 'same' } }
            @{ ReLU = @{ name = 'r2' } }
            @{ Flatten = @{ name = 'flat' } }
            @{ Dense = @{ name = 'd'; units = 3 } }
        ) | Invoke-Quantize -WarningAction Ignore | ConvertTo-Akida -WarningAction Ignore
    }
    $akida = Get-Akida 3
    $wide = Get-Akida 9
}

Describe 'Resolve-AkidaMapping' {
    It 'says what runs where' {
        $mapping = $akida | Resolve-AkidaMapping SixNodesIPv2 -Mode Minimal
        $mapping | Should -BeOfType ([AkidaQuant.Akida.Devices.AkidaMapping])
        $mapping.Fits | Should -BeTrue
        $mapping.Layers.ForEach({ "$_" }) | Should -Be 'c1: 1 HRC', 'c2: 1 CNP1', 'd: 1 FNP3', 'dequantizer: Hardware'
        ($mapping.Layers | Where-Object Layer -EQ c2).InputBytes | Should -Be (8 * 8 * 4)
        $mapping.Needed, $mapping.Available | Should -Be 2, 24
    }

    It 'leaves what a rule refuses to software' {
        $mapping = Resolve-AkidaMapping $wide -Device (Get-AkidaDevice SixNodesIPv2)
        $mapping.Fits | Should -BeFalse
        $mapping.Sequences.Backend | Should -Be Hardware, Software, Hardware
        ($mapping.Problems | Where-Object Verdict -EQ Refused).Rule | Should -Be Hw2Kernel
    }

    It 'ends with all that is in the way, where only the device may run it' {
        $problem = { $wide, $akida | Resolve-AkidaMapping TwoNodesIPv2 -HardwareOnly -ErrorAction SilentlyContinue } | Should -Throw -PassThru
        $problem.FullyQualifiedErrorId | Should -BeLike 'AkidaMappingFailed,*'
        $problem.Exception.Message | Should -BeLike "*Layer 'c2' (Conv2D): kernel: 9x9; Akida 2.0 takes: 1x1, 3x3, 5x5, 7x7.*"
        ($akida | Resolve-AkidaMapping TwoNodesIPv2 -HardwareOnly).Fits | Should -BeTrue
    }

    It 'finds the smallest device' {
        ($akida | Resolve-AkidaMapping).Device.Name | Should -BeExactly TwoNodesIPv2
        Resolve-AkidaMapping $wide -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem.FullyQualifiedErrorId | Should -BeLike 'AkidaNoDevice,*'
    }

    It 'is summarized as the tools print it' {
        $summary = $akida | Resolve-AkidaMapping SixNodesIPv2 -Mode Minimal | Get-AkidaSummary
        $text = $summary.ToString()
        $text | Should -Match '(?m)^Input shape  Output shape  Sequences  Layers  NPs  Skip DMAs  External Memory \(Bytes\)$'
        $text | Should -Match '(?m)^=+ HW/c1-dequantizer \(Hardware\) =+$'
        $text | Should -Match '(?m)^c2 \(Conv2D\) +\[8, 8, 4\] +\(3, 3, 4, 4\) +1 CNP1 *$'
        $summary.Rows.Components | Should -Be '1 HRC', '1 CNP1', '1 FNP3', ''
    }

    It 'refuses what is no device, and what is no model' {
        { Resolve-AkidaMapping $akida 5 } | Should -Throw -ErrorId 'DeviceArgumentInvalid*'
        { Resolve-AkidaMapping $akida nothing } | Should -Throw -ErrorId 'DeviceUnknown*'
        { Resolve-AkidaMapping 5 Pico } | Should -Throw -ErrorId 'ModelArgumentInvalid*'
    }
}
