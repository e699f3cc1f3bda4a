# Tests that pass and tests that fail, which their names say, for the way from Pester to dotnet test.
BeforeDiscovery {
    $cases = @(@{ A = 1; B = 2 }, @{ A = 3; B = 4 })
}

Describe 'a session' {
    BeforeAll {
        $found = @($global:pesterLeftover; Get-Module PesterLeftover)
        $location = (Get-Location).Path
        $global:pesterLeftover = 1
        Import-Module (New-Module PesterLeftover { }) -Global
        Set-Location $TestDrive
    }

    It 'is that of one file' {
        $found | Should -BeNullOrEmpty
        $location | Should -Be ([System.Environment]::CurrentDirectory)
        Get-Module PesterLeftover | Should -HaveCount 1
    }
}

Describe 'rows' {
    It 'takes <A> and <B> from a table' -ForEach $cases {
        $A + 1 | Should -Be $B
    }

    Context 'of <_>' -ForEach 'a block' {
        It 'fails with a message' {
            $_ | Should -Be 'another block'
        }
    }
}

Describe 'a broken setup' {
    BeforeAll {
        throw 'no setup'
    }

    It 'fails' { }
}

Describe 'what is skipped' {
    It 'fails too' -Skip { }
}
