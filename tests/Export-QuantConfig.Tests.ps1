BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $reference = "$PSScriptRoot/vectors/keras/tutorial_1_params/config.json"
    $json = [System.IO.File]::ReadAllText($reference)
    $config = Import-QuantConfig $reference
    $type = 'AkidaQuant.PowerShell.Commands.ExportQuantConfigCommand'
}

Describe 'Export-QuantConfig' {
    It 'writes the reference''s JSON byte for byte' {
        $config | Export-QuantConfig "$TestDrive/a.json" | Should -BeNullOrEmpty
        [System.IO.File]::ReadAllText("$TestDrive/a.json") | Should -BeExactly $json
    }

    It 'writes YAML that reads back the same' {
        Export-QuantConfig "$TestDrive/a.yaml" -Config $config
        (Import-QuantConfig "$TestDrive/a.yaml").ToString() | Should -BeExactly $json
    }

    It 'takes nested dictionaries and paths' {
        Export-QuantConfig "$TestDrive/b.json" -Config ([ordered]@{ relu = [ordered]@{ buffer_bitwidth = 24 } })
        [System.IO.File]::ReadAllText("$TestDrive/b.json") | Should -BeExactly "{`n    `"relu`": {`n        `"buffer_bitwidth`": 24`n    }`n}"
        Export-QuantConfig "$TestDrive/c.json" -Config $reference
        [System.IO.File]::ReadAllText("$TestDrive/c.json") | Should -BeExactly $json
    }

    It 'writes nothing with -WhatIf' {
        $config | Export-QuantConfig "$TestDrive/whatif.json" -WhatIf
        "$TestDrive/whatif.json" | Should -Not -Exist
    }

    It 'replaces a file only with -Force' {
        [System.IO.File]::WriteAllText("$TestDrive/old.json", 'old')
        { $config | Export-QuantConfig "$TestDrive/old.json" -ErrorAction Stop } | Should -Throw -ErrorId "FileExists,$type"
        [System.IO.File]::ReadAllText("$TestDrive/old.json") | Should -BeExactly 'old'
        $config | Export-QuantConfig "$TestDrive/old.json" -Force
        [System.IO.File]::ReadAllText("$TestDrive/old.json") | Should -BeExactly $json
    }

    It 'refuses a second configuration to one path before anything is lost' {
        [System.IO.File]::WriteAllText("$TestDrive/many.json", 'old')
        { $config, @{} | Export-QuantConfig "$TestDrive/many.json" -Force } | Should -Throw -ErrorId "PathRepeated,$type"
        [System.IO.File]::ReadAllText("$TestDrive/many.json") | Should -BeExactly 'old'
        $config, @{} | Export-QuantConfig -Path { "$TestDrive/many_$($_.Count).json" } -PassThru | Should -HaveCount 2
    }

    It 'says with -WhatIf what an existing file needs, and no error' {
        [System.IO.File]::WriteAllText("$TestDrive/there.json", 'old')
        $config | Export-QuantConfig "$TestDrive/there.json" -WhatIf -ErrorAction Stop
        [System.IO.File]::ReadAllText("$TestDrive/there.json") | Should -BeExactly 'old'
    }

    It 'gives the file with -PassThru' {
        $file = $config | Export-QuantConfig "$TestDrive/pass.json" -PassThru
        $file | Should -BeOfType 'System.IO.FileInfo'
        $file.Name | Should -Be 'pass.json'
    }

    It 'takes wildcard characters literally with -LiteralPath' {
        $config | Export-QuantConfig -LiteralPath "$TestDrive/net[1].json"
        [System.IO.File]::Exists("$TestDrive/net[1].json") | Should -BeTrue
    }

    It 'writes a name of the greatest length' {
        $name = "$('n' * 240).json"
        ($config | Export-QuantConfig "$TestDrive/$name" -PassThru).Name | Should -Be $name
    }

    It 'refuses <Case>' -TestCases @(
        @{ Case = 'a folder'; File = 'folder.json'; Id = 'FileNotWritten' }
        @{ Case = 'a character that no name has'; File = "a`0.json"; Id = 'PathInvalid' }
    ) {
        $null = [System.IO.Directory]::CreateDirectory("$TestDrive/folder.json")
        { $config | Export-QuantConfig "$TestDrive/$File" -ErrorAction Stop } | Should -Throw -ErrorId "$Id,$type"
        @(Get-ChildItem $TestDrive -Filter *.tmp -Force) | Should -HaveCount 0
    }

    It 'refuses a dictionary that holds itself' {
        $endless = @{}
        $endless.relu = $endless
        { Export-QuantConfig "$TestDrive/endless.json" -Config $endless -ErrorAction Stop } | Should -Throw -ErrorId "ConfigInvalid,$type"
    }

    It 'leaves nothing behind when it cannot write' {
        { $config | Export-QuantConfig "$TestDrive/none/a.json" -ErrorAction Stop } | Should -Throw -ErrorId "FileNotWritten,$type"
        { $config | Export-QuantConfig "$TestDrive/a.toml" -ErrorAction Stop } | Should -Throw -ErrorId "ConfigFormatUnknown,$type"
        { Export-QuantConfig "$TestDrive/d.json" -Config 5 -ErrorAction Stop } | Should -Throw -ErrorId "ConfigInvalid,$type"
        @(Get-ChildItem $TestDrive -Filter *.tmp -Force) | Should -HaveCount 0
    }
}
