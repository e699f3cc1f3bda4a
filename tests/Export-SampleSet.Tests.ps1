BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $type = 'AkidaQuant.PowerShell.Commands.ExportSampleSetCommand'
    $samples = New-SampleSet -InputObject ([byte[]] (0..23)) -Shape 2, 3 -Label 1, 0, 2, 1 -Name a, b, 'ö', d
}

Describe 'Export-SampleSet' {
    It 'writes samples that read back the same' {
        $samples | Export-SampleSet "$TestDrive/a.npz" | Should -BeNullOrEmpty
        $read = Import-SampleSet "$TestDrive/a.npz"
        $read.DType | Should -BeExactly 'uint8'
        $read.SampleShape.ToString() | Should -BeExactly '(2, 3)'
        $read.Labels | Should -Be 1, 0, 2, 1
        $read.Names | Should -BeExactly 'a', 'b', 'ö', 'd'
        $read.Values(3) | Should -Be $samples.Values(3)
    }

    It 'keeps the classes of a table' {
        [System.IO.File]::WriteAllText("$TestDrive/iris.csv", "sepal,kind`n5,setosa`n7,virginica`n6,setosa`n")
        Import-SampleSet "$TestDrive/iris.csv" -LabelName kind | Export-SampleSet "$TestDrive/iris.npz"
        $read = Import-SampleSet "$TestDrive/iris.npz"
        $read.Classes | Should -BeExactly 'setosa', 'virginica'
        $read.Labels | Should -Be 0, 1, 0
    }

    It 'takes the path of samples, and gives the file with -PassThru' {
        $samples | Export-SampleSet "$TestDrive/b.npz"
        (Export-SampleSet "$TestDrive/c.npz" "$TestDrive/b.npz" -PassThru).Name | Should -BeExactly 'c.npz'
        (Get-FileHash "$TestDrive/c.npz").Hash | Should -BeExactly (Get-FileHash "$TestDrive/b.npz").Hash
    }

    It 'obeys -WhatIf and -Force, and takes -LiteralPath' {
        $samples | Export-SampleSet "$TestDrive/w.npz" -WhatIf
        "$TestDrive/w.npz" | Should -Not -Exist
        [System.IO.File]::WriteAllText("$TestDrive/old.npz", 'old')
        { $samples | Export-SampleSet "$TestDrive/old.npz" -ErrorAction Stop } | Should -Throw -ErrorId "FileExists,$type"
        $samples | Export-SampleSet "$TestDrive/old.npz" -Force
        (Import-SampleSet "$TestDrive/old.npz").Count | Should -Be 4
        $samples | Export-SampleSet -LiteralPath "$TestDrive/s[1].npz"
        [System.IO.File]::Exists("$TestDrive/s[1].npz") | Should -BeTrue
    }

    It 'refuses <Case>' -TestCases @(
        @{ Case = 'another extension'; Id = 'SampleFormatUnknown'; Script = { $samples | Export-SampleSet "$TestDrive/a.csv" -ErrorAction Stop } }
        @{ Case = 'what are no samples'; Id = 'SampleArgumentInvalid'; Script = { Export-SampleSet "$TestDrive/n.npz" 5 -ErrorAction Stop } }
        @{ Case = 'a name that ends with a zero'; Id = 'SampleNameInvalid'; Script = {
                New-SampleSet -InputObject ([byte[]] (1, 2)) -Shape 1 -Name 'a', "b`0" | Export-SampleSet "$TestDrive/z.npz" -ErrorAction Stop
            }
        }
    ) {
        $Script | Should -Throw -ErrorId "$Id,$type"
    }
}
