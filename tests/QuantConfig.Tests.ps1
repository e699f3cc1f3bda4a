BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $tutorial = "$PSScriptRoot/vectors/keras/tutorial_1_params"
    $model = Import-QuantModel "$tutorial/float.h5"
    function Get-Message([scriptblock] $Script) {
        try { & $Script } catch { $_.Exception.Message }
    }
}

Describe 'A configuration' {
    BeforeEach {
        $config = Get-QuantConfig $model
    }

    It 'finds a key whatever its case where only one is alike' {
        $config.RELU.Output_Quantizer.BITWIDTH | Should -Be 8
        $config['Relu']['OUTPUT_quantizer']['bitwidth'] | Should -Be 8
        $config.ReLU.output_quantizer.Bitwidth = 5
        $config.relu.output_quantizer.bitwidth | Should -Be 5
        $config.RELU = @{ Output_Quantizer = @{ BitWidth = 3 } }
        $config.Keys | Should -BeExactly 'input_conv', 'dw_conv', 'pw_conv', 'relu', 'dense'
        $config.relu.Keys | Should -BeExactly 'output_quantizer'
        $config.Remove('RELU') | Should -BeTrue
        $config.Keys | Should -Not -Contain 'relu'
        $null -eq $config.relu | Should -BeTrue
    }

    It 'finds a key exactly where two differ in case alone' {
        $config.Add('ReLU', @{ buffer_bitwidth = 20 })
        $config.ReLU.buffer_bitwidth | Should -Be 20
        $config.relu.output_quantizer.bitwidth | Should -Be 8
        $null -eq $config.RELU | Should -BeTrue
    }

    It 'refuses an unknown key when it is assigned, with the nearest one' {
        Get-Message { $config.relu.output_quantizer.bitwith = 4 } | Should -BeLike "*'relu'*'bitwith'*Did you mean 'bitwidth'?*"
        Get-Message { $config['relu']['output_quantiser'] = @{} } | Should -BeLike "*'relu'*Did you mean 'output_quantizer'?*"
        Get-Message { $config.relu = @{ output_quantizer = @{ axiss = 'per-axis' } } } | Should -BeLike "*Did you mean 'axis'?*"
        Get-Message { [AkidaQuant.QuantConfig]@{ a = @{ weight_quantizer = @{ bitwidht = 4 } } } } | Should -BeLike "*Did you mean 'bitwidth'?*"
        $config.ToString() | Should -BeExactly (Get-QuantConfig $model).ToString()
    }

    It 'refuses <Value> for <Key> when it is assigned' -TestCases @(
        @{ Key = 'bitwidth'; Value = 99; Expected = 'an integer from 1 to 31' }
        @{ Key = 'bitwidth'; Value = 'eight'; Expected = 'an integer from 1 to 31' }
        @{ Key = 'axis'; Value = 'per-chanel'; Expected = "'per-tensor' or 'per-axis'" }
        @{ Key = 'signed'; Value = 3; Expected = 'true or false' }
        @{ Key = 'buffer_bitwidth'; Value = @(1, 2); Expected = 'an integer from 8 to 44' }
    ) {
        Get-Message { $config.relu.output_quantizer.$Key = $Value } | Should -BeLike "*'relu'*'output_quantizer.$Key' must be $Expected, but it is *"
        Get-Message { $config.relu.output_quantizer[$Key] = $Value } | Should -Not -Match 'System\.|AkidaQuant\.'
        $config.ToString() | Should -BeExactly (Get-QuantConfig $model).ToString()
    }

    It 'converts a text for a number, and what PowerShell wraps' {
        $config.relu.output_quantizer.bitwidth = '6'
        $config.relu.output_quantizer.bitwidth | Should -BeOfType int
        $config.relu.output_quantizer.bitwidth += 1
        $config.relu.output_quantizer.bitwidth | Should -Be 7
        $config.relu.output_quantizer['scale_bits'] = Write-Output 16
        $config.relu.output_quantizer.signed = 'true'
        (Get-QuantConfig $model -Config $config).relu.output_quantizer.scale_bits | Should -Be 16
        $config.relu.output_quantizer.signed | Should -BeExactly $true
    }

    It 'is cloned with all below' {
        $clone = $config.Clone()
        $clone | Should -BeOfType 'AkidaQuant.QuantConfig'
        $clone.relu.output_quantizer.bitwidth = 2
        $null = $clone.Remove('dense')
        $config.ToString() | Should -BeExactly (Get-QuantConfig $model).ToString()
    }

    It 'is cast from a <Name>' -TestCases @(
        @{ Name = 'hashtable'; Value = @{ relu = @{ output_quantizer = @{ bitwidth = '4' } } } }
        @{ Name = 'ordered dictionary'; Value = [ordered]@{ relu = [ordered]@{ output_quantizer = @{ bitwidth = 4 } } } }
        @{ Name = 'object'; Value = '{"relu": {"output_quantizer": {"bitwidth": 4}}}' | ConvertFrom-Json }
        @{ Name = 'hashtable with objects'; Value = @{ relu = [pscustomobject]@{ output_quantizer = [pscustomobject]@{ bitwidth = 4 } } } }
    ) {
        $cast = [AkidaQuant.QuantConfig]$Value
        $cast | Should -BeOfType 'AkidaQuant.QuantConfig'
        $cast.relu.output_quantizer.bitwidth | Should -BeExactly 4
        $config.relu = $Value.relu
        "$($config.relu)" | Should -BeExactly "$($cast.relu)"
    }

    It 'keeps the order of an ordered dictionary' {
        ([AkidaQuant.QuantConfig][ordered]@{ b = @{}; a = @{}; c = @{} }).Keys | Should -BeExactly 'b', 'a', 'c'
    }

    It 'loses entries while its keys or entries are enumerated' {
        foreach ($name in $config.Keys) { $null = $config.Remove($name) }
        $config.Count | Should -Be 0
        $config = Get-QuantConfig $model
        foreach ($entry in $config.GetEnumerator()) { $null = $config.Remove($entry.Key) }
        $config.Count | Should -Be 0
    }

    It 'is its text, which Set-Content writes and Import-QuantConfig reads' {
        Export-QuantConfig TestDrive:/exported.json $config
        $text = Get-Content TestDrive:/exported.json -Raw
        "$config" | Should -BeExactly $text
        $config | Set-Content TestDrive:/set.json
        (Get-Content TestDrive:/set.json -Raw) | Should -BeExactly ($text + [System.Environment]::NewLine)
        (Import-QuantConfig TestDrive:/set.json).ToString() | Should -BeExactly $text
        $config | Out-File TestDrive:/out.json
        (Import-QuantConfig TestDrive:/out.json).ToString() | Should -BeExactly $text
    }

    It 'warns where an axis that is left out falls back to another than the scheme would set' {
        $given = @{ relu = @{ output_quantizer = @{ bitwidth = 4 } } }
        $said = Get-QuantConfig $model -Config $given -WarningVariable warnings -WarningAction SilentlyContinue -Verbose 4>&1
        $warnings | Should -HaveCount 1
        $warnings[0].Message | Should -BeLike "*'relu'*'output_quantizer.axis'*'per-tensor'*'per-axis'*"
        $said.Message -like "*'relu'*output_quantizer.signed to true*" | Should -HaveCount 1
        $null = Get-QuantConfig $model -Config $config -WarningVariable none
        $none | Should -BeNullOrEmpty
    }

    It 'names layers whatever their case, and refuses others with the nearest name' {
        (Get-QuantConfig $model -Config @{ DENSE = @{ buffer_bitwidth = 24 } }).dense.buffer_bitwidth | Should -Be 24
        Get-Message { Get-QuantConfig $model -Config @{ dnese = @{} } -ErrorAction Stop } | Should -BeLike "*'dnese'*Did you mean 'dense'?*"
    }
}
