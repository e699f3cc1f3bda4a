BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $docs = "$PSScriptRoot/../docs"
    $help = "$PSScriptRoot/../src/AkidaQuant.PowerShell/en-US/AkidaQuant.PowerShell.dll-Help.xml"
}

Describe 'Help' {
    It 'is what docs/Build-Help.ps1 makes of the pages' {
        $pages = [System.IO.Directory]::GetFiles("$docs/en-US", '*.md')
        foreach ($page in $pages) {
            [System.IO.File]::Copy($page, "$TestDrive/$([System.IO.Path]::GetFileName($page))")
        }
        & "$docs/Build-Help.ps1" -PagePath $TestDrive -HelpPath "$TestDrive/help.xml"
        [System.IO.File]::ReadAllText("$TestDrive/help.xml") | Should -BeExactly ([System.IO.File]::ReadAllText($help))
        foreach ($page in $pages) {
            [System.IO.File]::ReadAllText("$TestDrive/$([System.IO.Path]::GetFileName($page))") | Should -BeExactly ([System.IO.File]::ReadAllText($page))
        }
    }

    It 'names each error once and keeps no leftovers of a merge' {
        foreach ($page in [System.IO.Directory]::GetFiles("$docs/en-US", '*.md') + "$docs/../README.md") {
            $text = [System.IO.File]::ReadAllText($page)
            $text | Should -Not -Match '(?m)^(<{7}|={7}|>{7})( |$)' -Because $page
            $rows = [regex]::Matches($text, '(?m)^\| (`[A-Z][A-Za-z]+`[^|]*) \|')
            $ids = @($rows | ForEach-Object { [regex]::Matches($_.Groups[1].Value, '`([A-Z][A-Za-z]+)`').ForEach({ $_.Groups[1].Value }) })
            @($ids | Group-Object | Where-Object Count -GT 1).Name | Should -BeNullOrEmpty -Because $page
        }
    }

    It 'has a page for each cmdlet and no other' {
        $pages = [System.IO.Directory]::GetFiles("$docs/en-US", '*.md') | ForEach-Object { [System.IO.Path]::GetFileNameWithoutExtension($_) } |
            Where-Object { $_ -notlike 'about_*' } | Sort-Object
        $pages | Should -Be (Get-Command -Module AkidaQuant | Sort-Object Name).Name
    }

    It 'is found by Get-Help' {
        foreach ($command in Get-Command -Module AkidaQuant) {
            $found = Get-Help $command.Name
            $found.Synopsis | Should -Not -Match '<CommonParameters>|\[-' -Because $command.Name
            $found.Examples.Example.Count | Should -BeGreaterOrEqual 1 -Because $command.Name
        }
    }

    It 'opens the page of each cmdlet with -Online' {
        $project = (Test-ModuleManifest "$PSScriptRoot/../AkidaQuant.psd1").ProjectUri
        try {
            # Says the address in place of opening it.
            [System.Management.Automation.Internal.InternalTestHooks]::SetTestHook('BypassOnlineHelpRetrieval', $true)
            foreach ($command in Get-Command -Module AkidaQuant) {
                $page = "docs/en-US/$($command.Name).md"
                "$PSScriptRoot/../$page" | Should -Exist
                $command.HelpUri | Should -Be "$project/blob/main/$page"
                Get-Help $command.Name -Online | Should -BeLike "*$($command.HelpUri)"
            }
        }
        finally {
            [System.Management.Automation.Internal.InternalTestHooks]::SetTestHook('BypassOnlineHelpRetrieval', $false)
        }
    }

    It 'has a topic on the module that names each cmdlet' {
        $topic = Get-Help about_AkidaQuant | Out-String
        foreach ($command in Get-Command -Module AkidaQuant) {
            $topic | Should -MatchExactly "\b$($command.Name)\b"
        }
        foreach ($part in 'objects', 'files', 'Errors', 'Speed', 'Instruction sets', 'Names in the examples') {
            $topic | Should -MatchExactly "(?m)^### (The )?$part$"
        }
    }

    It 'has the differences from the reference as a topic' {
        Get-Help about_AkidaQuant_Differences | Out-String | Should -Match 'Integers are exact'
    }
}
