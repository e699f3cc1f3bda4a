BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
}

Describe 'New-AkidaDevice' {
    It 'makes a device of nodes' {
        $device = New-AkidaDevice 2.0 3 -Name mine -InputMemory 128KB -SkipDma 2
        $device.Name, $device.Ip, $device.Processors, $device.InputMemory, $device.WeightMemory, $device.SkipDma, $device.Hrc |
            Should -Be mine, V2, 12, 128KB, 50KB, 2, 1
        (New-AkidaDevice 2 1 -NoInputConvolution).Hrc | Should -Be 0
    }

    It 'keeps the estimates that nothing was given for' {
        (New-AkidaDevice 1.0 20).Estimates -match 'Memory: ' | Should -HaveCount 2
        (New-AkidaDevice 1.0 20 -InputMemory 1KB -WeightMemory 1KB).Estimates -match 'Memory: ' | Should -BeNullOrEmpty
        (New-AkidaDevice Pico).Processors | Should -Be 8
    }

    It 'refuses figures that no device has: <Arguments>' -TestCases @(
        @{ Arguments = @{ Version = '2.0' } }
        @{ Arguments = @{ Version = '2.0'; NodeCount = 0 } }
        @{ Arguments = @{ Version = '2.0'; NodeCount = 2; InputMemory = -1 } }
        @{ Arguments = @{ Version = '1.0'; NodeCount = 2; SkipDma = 1 } }
    ) {
        { New-AkidaDevice @Arguments -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceInvalid*'
    }
}
