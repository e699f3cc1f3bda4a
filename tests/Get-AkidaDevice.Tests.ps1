BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
}

Describe 'Get-AkidaDevice' {
    It 'gives all devices' {
        (Get-AkidaDevice).Name | Should -BeExactly TwoNodesIPv1, AKD1000, AKD1500, TwoNodesIPv2, SixNodesIPv2, Pico
        Get-AkidaDevice | Should -BeOfType ([AkidaQuant.Akida.Devices.AkidaDevice])
    }

    It 'takes names and wildcards, typed and piped' {
        (Get-AkidaDevice akd*, pico).Name | Should -BeExactly AKD1000, AKD1500, Pico
        ('SixNodesIPv2' | Get-AkidaDevice).Processors | Should -Be 24
        Get-AkidaDevice none* | Should -BeNullOrEmpty
    }

    It 'says what is an estimate' {
        $device = Get-AkidaDevice SixNodesIPv2
        $device.InputMemory, $device.WeightMemory | Should -Be 64KB, 50KB
        (Get-AkidaDevice AKD1000).Estimates -match '^NodeCount: ' | Should -HaveCount 1
        (Get-AkidaDevice AKD1500).NodeCount | Should -BeNullOrEmpty
    }

    It 'gives the rules of a design' {
        $rules = Get-AkidaDevice AKD1000 -Rule
        $rules | Should -BeOfType ([AkidaQuant.Akida.Devices.HardwareRule])
        ($rules | Where-Object Id -EQ Hw1InputColumns).Limit | Should -BeExactly '5 to 256'
        $rules.Ip | Sort-Object -Unique | Should -Be V1
        (Get-AkidaDevice -Rule | Group-Object Id | Where-Object Count -GT 1) | Should -BeNullOrEmpty
    }

    It 'goes on behind a name that is none' {
        (Get-AkidaDevice AKD100, Pico -ErrorAction SilentlyContinue -ErrorVariable problem).Name | Should -BeExactly Pico
        $problem.FullyQualifiedErrorId | Should -BeLike 'DeviceUnknown,*'
        $problem.Exception.Message | Should -BeLike "*Did you mean 'AKD1000'?*"
    }

    It 'completes names' {
        (TabExpansion2 'Get-AkidaDevice AK').CompletionMatches.CompletionText | Should -BeExactly AKD1000, AKD1500
        (TabExpansion2 'Resolve-AkidaMapping $akida -Device Pi').CompletionMatches.CompletionText | Should -BeExactly Pico
        (TabExpansion2 'Test-AkidaModel $akida -Device Si').CompletionMatches.CompletionText | Should -BeExactly SixNodesIPv2
    }

    It 'refuses a pattern that is none' {
        { Get-AkidaDevice '[' -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceUnknown,*'
    }
}
