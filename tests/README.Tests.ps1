BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $readme = [System.IO.File]::ReadAllText("$PSScriptRoot/../README.md")
}

Describe 'README' {
    It 'has a block that finds the misread digits, run as it is pasted in the folder of the repository' {
        $blocks = [regex]::Matches($readme, '(?s)```powershell\n(.*?)\n```')
        $blocks | Should -HaveCount 1
        $before = Get-Location
        try {
            Set-Location "$PSScriptRoot/.."
            $misread = @(& ([scriptblock]::Create($blocks[0].Groups[1].Value)))
        }
        finally {
            Set-Location $before
        }
        $misread | Should -HaveCount 50
        $misread[0] | Should -BeOfType 'AkidaQuant.Prediction'
    }

    It 'says how long the commands take and how to install, with tasks that build.ps1 has' {
        $readme | Should -Match 'builds for about \w+ minutes; then the first\s+command takes \w+, and the second, the tests, about \w+ minutes'
        $readme | Should -Match 'Register-PSResourceRepository \S+ \./artifacts/module'
        $tasks = (Get-Command "$PSScriptRoot/../build.ps1").Parameters['Task'].Attributes.ValidValues
        foreach ($task in [regex]::Matches($readme, '(?<=build\.ps1 -Task )\w+').Value) {
            $task | Should -BeIn $tasks
        }
    }

    It 'names each cmdlet and nothing that is none' {
        $named = [regex]::Matches($readme, '(?<=`)[A-Za-z]+-(Quant|Akida|Sample)\w*(?=`)').Value | Sort-Object -Unique
        $named | Should -Be (Get-Command -Module AkidaQuant | Sort-Object Name).Name
    }

    It 'links to pages that exist' {
        foreach ($link in [regex]::Matches($readme, '(?<=\]\()[^):]+(?=\))').Value) {
            "$PSScriptRoot/../$link" | Should -Exist
        }
    }
}
