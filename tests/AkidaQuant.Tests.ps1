Describe 'AkidaQuant' {
    BeforeAll {
        $manifest = Join-Path $PSScriptRoot '../AkidaQuant.psd1'
        Import-Module $manifest -Force -WarningVariable warnings
        $module = Get-Module AkidaQuant
    }

    It 'has a valid manifest' {
        $tested = Test-ModuleManifest $manifest
        $tested.Name | Should -Be 'AkidaQuant'
        $tested.Version | Should -BeOfType ([version])
        $tested.PowerShellVersion | Should -BeGreaterOrEqual ([version] '7.6')
        $tested.CompatiblePSEditions | Should -Be 'Core'
        $tested.LicenseUri | Should -BeLike 'https://*'
        $tested.ProjectUri | Should -BeLike 'https://*'
        $tested.ReleaseNotes | Should -Be "$($tested.ProjectUri)/blob/main/CHANGELOG.md"
    }

    It 'exports cmdlets, which the manifest lists one by one, and nothing else' {
        $listed = (Import-PowerShellDataFile $manifest).CmdletsToExport
        $exported = (Get-Command -Module AkidaQuant).Name
        $exported | Should -Not -BeNullOrEmpty
        $exported | Where-Object { $_ -notin $listed } | Should -BeNullOrEmpty
        $listed | Where-Object { $_ -notin $exported } | Should -BeNullOrEmpty
        $module.ExportedFunctions.Count | Should -Be 0
        $module.ExportedAliases.Count | Should -Be 0
        $module.ExportedVariables.Count | Should -Be 0
    }

    It 'keeps all but its root assembly in lib' {
        $bin = Join-Path $PSScriptRoot '../bin'
        (Get-ChildItem $bin -Filter *.dll).Name | Should -Be 'AkidaQuant.PowerShell.dll'
        (Get-ChildItem (Join-Path $bin lib) -Filter *.dll).Name | Should -Contain 'AkidaQuant.dll'
    }

    It 'names the licence of each library that it holds' {
        $notices = [System.IO.File]::ReadAllText("$PSScriptRoot/../THIRD-PARTY-NOTICES.txt")
        foreach ($library in (Get-ChildItem (Join-Path $PSScriptRoot '../bin/lib') -Filter *.dll).BaseName) {
            if ($library -ne 'AkidaQuant') {
                $notices | Should -Match "(?m)^$([regex]::Escape($library)) "
            }
        }
    }

    It 'is smaller than 15 MB' {
        $size = (Get-ChildItem (Join-Path $PSScriptRoot '../bin') -Recurse -File | Measure-Object Length -Sum).Sum
        $size | Should -BeLessThan 15MB
    }

    It 'imports without a warning, such as one of verbs that are not approved' {
        $warnings | Should -BeNullOrEmpty
    }
}
