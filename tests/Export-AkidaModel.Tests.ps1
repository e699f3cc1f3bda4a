BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $keras = "$PSScriptRoot/vectors/keras"
    $quantized = Import-QuantModel "$keras/digits_ds_cnn/quantized.h5"
    $samples = Import-SampleSet "$keras/digits_ds_cnn/inputs.npz" -First 8
    $akida = $quantized | ConvertTo-Akida -WarningAction SilentlyContinue
    $type = 'AkidaQuant.PowerShell.Commands.ExportAkidaModelCommand'
}

Describe 'Export-AkidaModel' {
    It 'writes a model that reads back the same, with the same potentials' {
        $akida | Export-AkidaModel "$TestDrive/a.akq" | Should -BeNullOrEmpty
        $read = Import-AkidaModel "$TestDrive/a.akq"
        (Get-AkidaSummary $read).ToString() | Should -BeExactly (Get-AkidaSummary $akida).ToString()
        @((Invoke-AkidaModel $read $samples).Output) -join ' ' | Should -BeExactly (@((Invoke-AkidaModel $akida $samples).Output) -join ' ')
    }

    It 'makes the same file of the same model, and of one that was read' {
        Export-AkidaModel "$TestDrive/first.akq" $akida
        Export-AkidaModel "$TestDrive/second.akq" "$TestDrive/first.akq"
        (Get-FileHash "$TestDrive/second.akq").Hash | Should -BeExactly (Get-FileHash "$TestDrive/first.akq").Hash
    }

    It 'gives the file with -PassThru' {
        $file = $akida | Export-AkidaModel "$TestDrive/pass.akq" -PassThru
        $file | Should -BeOfType 'System.IO.FileInfo'
        $file.Name | Should -Be 'pass.akq'
    }

    It 'writes nothing with -WhatIf' {
        $akida | Export-AkidaModel "$TestDrive/whatif.akq" -WhatIf
        "$TestDrive/whatif.akq" | Should -Not -Exist
    }

    It 'replaces a file only with -Force' {
        [System.IO.File]::WriteAllText("$TestDrive/old.akq", 'old')
        { $akida | Export-AkidaModel "$TestDrive/old.akq" -ErrorAction Stop } | Should -Throw -ErrorId "FileExists,$type"
        [System.IO.File]::ReadAllText("$TestDrive/old.akq") | Should -BeExactly 'old'
        $akida | Export-AkidaModel "$TestDrive/old.akq" -Force
        (Import-AkidaModel "$TestDrive/old.akq").Name | Should -BeExactly $akida.Name
    }

    It 'refuses a second model to one path' {
        { $akida, $akida | Export-AkidaModel "$TestDrive/twice.akq" } | Should -Throw -ErrorId "PathRepeated,$type"
    }

    It 'takes a script block for each path, and wildcard characters as they are with -LiteralPath' {
        $akida | Export-AkidaModel -Path { "$TestDrive/$($_.Layers.Count).akq" } -PassThru | Split-Path -Leaf | Should -BeExactly "$($akida.Layers.Count).akq"
        $akida | Export-AkidaModel -LiteralPath "$TestDrive/net[1].akq"
        [System.IO.File]::Exists("$TestDrive/net[1].akq") | Should -BeTrue
    }

    It 'refuses <Case>' -TestCases @(
        @{ Case = 'another extension'; Id = 'ModelFormatUnknown'; Script = { $akida | Export-AkidaModel "$TestDrive/a.fbz" -ErrorAction Stop } }
        @{ Case = 'a folder that is not there'; Id = 'FileNotWritten'; Script = { $akida | Export-AkidaModel "$TestDrive/none/a.akq" -ErrorAction Stop } }
        @{ Case = 'a quantized model'; Id = 'ModelArgumentInvalid'; Script = { $quantized | Export-AkidaModel "$TestDrive/a.akq" -ErrorAction Stop } }
    ) {
        $Script | Should -Throw -ErrorId "$Id,$type"
        @(Get-ChildItem $TestDrive -Filter *.tmp -Force) | Should -HaveCount 0
    }
}
