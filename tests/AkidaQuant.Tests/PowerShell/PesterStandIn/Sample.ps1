# Pester's rules, as tests that must pass, and tests that must fail: those whose names say so.
BeforeDiscovery {
    $cases = @(@{ A = 1; B = 2 }, @{ A = 3; B = 4 })
}

BeforeAll {
    $root = 'of the file'
    function Get-Two { 2 }
}

Describe 'scopes' {
    BeforeAll {
        $x = 5
        $counted = @{ After = 0 }
    }

    BeforeEach {
        $y = $x + 1
    }

    AfterEach {
        $counted.After++
    }

    AfterAll {
        if ($counted.After -lt 5) {
            throw "AfterEach ran $($counted.After) times."
        }
    }

    It 'sees what the blocks before it set' {
        $x | Should -Be 5
        $y | Should -Be 6
        $root | Should -BeExactly 'of the file'
        Get-Two | Should -Be 2
    }

    It 'takes <A> and <B> from a table' -ForEach $cases {
        $A + 1 | Should -Be $B
        $_.A | Should -Be $A
    }

    It 'takes <_> from a list' -TestCases 1, 2 {
        $_ | Should -BeIn 1, 2
    }

    It 'does not see the variables of the discovery' {
        $cases | Should -BeNullOrEmpty
    }

    Context 'inside <Name>' -ForEach @(@{ Name = 'another' }) {
        BeforeAll {
            $x = 7
            Set-Content (Join-Path $TestDrive inner.txt) 'text'
        }

        It 'hides the outer value' {
            $x | Should -Be 7
            $y | Should -Be 8
            $Name | Should -Be 'another'
        }

        It 'has the files of its block' {
            Join-Path $TestDrive inner.txt | Should -Exist
            'TestDrive:/inner.txt' | Should -Exist
        }
    }

    It 'has the outer value and files again' {
        $x | Should -Be 5
        "$TestDrive/inner.txt" | Should -Not -Exist
    }
}

Describe 'assertions' {
    It 'looks at what is thrown' {
        { throw 'a loud noise' } | Should -Throw
        { throw 'a loud noise' } | Should -Throw 'a loud*'
        { throw 'a loud noise' } | Should -Throw -ExpectedMessage '*noise'
        { Get-Item "$TestDrive/none" -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound,*'
        { [int]::Parse('q') } | Should -Throw -ExceptionType ([System.Management.Automation.MethodInvocationException])
        { 1 } | Should -Not -Throw
    }

    It 'looks at values' {
        $null | Should -BeNullOrEmpty
        @() | Should -BeNullOrEmpty
        '' | Should -BeNullOrEmpty
        'a' | Should -Not -BeNullOrEmpty
        @() | Should -HaveCount 0
        1, 2 | Should -HaveCount 2
        1, 2 | Should -Be 1, 2
        1, 2 | Should -Not -Be 2, 1
        1, 2 | Should -Contain 2
        5 | Should -BeOfType [int]
        5 | Should -BeOfType ([int])
        5 | Should -BeGreaterThan 4
        5 | Should -BeLessThan 6
        3 | Should -BeLessOrEqual 3
        3 | Should -BeGreaterOrEqual 3
        'abc' | Should -Match '^a'
        'abc' | Should -BeLike 'a*'
        'A' | Should -Be 'a'
        'A' | Should -Not -BeExactly 'a'
        $true | Should -BeTrue
        $false | Should -BeFalse
    }

    It 'fails for <Operator>' -ForEach @(
        @{ Operator = 'Be'; Test = { 1 | Should -Be 2 } }
        @{ Operator = 'Not Be'; Test = { 1 | Should -Not -Be 1 } }
        @{ Operator = 'a longer array'; Test = { 1, 2 | Should -Be 1 } }
        @{ Operator = 'BeExactly'; Test = { 'A' | Should -BeExactly 'a' } }
        @{ Operator = 'BeNullOrEmpty'; Test = { 0 | Should -BeNullOrEmpty } }
        @{ Operator = 'HaveCount'; Test = { 1 | Should -HaveCount 2 } }
        @{ Operator = 'BeOfType'; Test = { 1 | Should -BeOfType [string] } }
        @{ Operator = 'Match'; Test = { 'a' | Should -Match 'b' } }
        @{ Operator = 'one value of many'; Test = { 1, 9 | Should -BeLessThan 5 } }
        @{ Operator = 'Throw'; Test = { { 1 } | Should -Throw } }
        @{ Operator = 'another id'; Test = { { throw 'x' } | Should -Throw -ErrorId 'y' } }
        @{ Operator = 'another message'; Test = { { throw 'x' } | Should -Throw 'y' } }
        @{ Operator = 'Not Throw'; Test = { { throw 'x' } | Should -Not -Throw } }
        @{ Operator = 'Exist'; Test = { "$TestDrive/none" | Should -Exist } }
        @{ Operator = 'BeTrue'; Test = { 0 | Should -BeTrue } }
    ) {
        & $Test
    }
}

Describe 'a block whose setup is broken' {
    BeforeAll {
        throw 'no setup'
    }

    It 'fails' { }

    Context 'inner' {
        It 'fails too' { }
    }
}
